import type { Recipe } from './model.ts';

/** https://hub.docker.com/_/caddy */
export const caddy: Recipe = {
  names: ['caddy'],
  base: 'small',
  packages: ['caddy'],
  program: 'caddy',
  files: {
    '/etc/caddy/Caddyfile': { text: ':80 {\n\troot * /usr/share/caddy\n\tfile_server\n}\n' },
    '/usr/share/caddy/index.html': {
      text: '<!DOCTYPE html>\n<html>\n<head><title>Caddy works!</title></head>\n<body><h1>Caddy works!</h1></body>\n</html>\n',
    },
    '/config/caddy': { directory: true },
    '/data/caddy': { directory: true },
    '/srv': { directory: true },
  },
  users: {},
  remove: ['/etc/init.d', '/etc/default', '/usr/lib/systemd'],
  differs: 'without the modules that came after its version; no apt-get',
  config: (version) => ({
    command: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
    environment: { CADDY_VERSION: `v${version}`, XDG_CONFIG_HOME: '/config', XDG_DATA_HOME: '/data' },
    workingDirectory: '/srv',
    exposedPorts: [
      { port: 80, protocol: 'tcp' },
      { port: 443, protocol: 'tcp' },
      { port: 443, protocol: 'udp' },
      { port: 2019, protocol: 'tcp' },
    ],
  }),
};
