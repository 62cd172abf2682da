import type { Recipe } from './model.ts';
import { script } from './scripts.ts';

/** https://github.com/docker-library/haproxy/blob/master/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then
  set -- haproxy "$@"
fi
if [ "$1" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
`;

/** https://hub.docker.com/_/haproxy */
export const haproxy: Recipe = {
  names: ['haproxy'],
  base: 'small',
  packages: ['haproxy'],
  program: 'haproxy',
  files: {
    '/usr/local/bin/docker-entrypoint.sh': script(entrypoint),
    '/usr/local/sbin/haproxy': { link: '/usr/sbin/haproxy' },
    '/usr/local/etc/haproxy': { directory: true },
    '/var/lib/haproxy': { directory: true, owner: 'haproxy' },
  },
  users: { haproxy: { uid: 99, home: '/var/lib/haproxy' } },
  remove: ['/etc/init.d', '/etc/default', '/etc/haproxy', '/etc/logrotate.d', '/etc/rsyslog.d'],
  differs: 'no apt-get',
  config: (version) => ({
    user: 'haproxy',
    entrypoint: ['docker-entrypoint.sh'],
    command: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
    environment: { HAPROXY_VERSION: version },
    workingDirectory: '/var/lib/haproxy',
    stopSignal: 'SIGUSR1',
  }),
};
