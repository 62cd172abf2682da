import type { Recipe } from './model.ts';

/** https://github.com/redis/docker-library-redis/blob/master/debian/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi
# Only where other users exist may the server change to its own.
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ] && chown redis . 2>/dev/null; then
  find . ! -user redis -exec chown redis {} +
  exec su -s /bin/sh redis -c 'umask 0077; exec "$0" "$@"' -- "$@"
fi
umask 0077
exec "$@"
`;

/** https://hub.docker.com/_/redis */
export const redis: Recipe = {
  names: ['redis'],
  base: 'small',
  packages: ['redis-server'],
  program: 'redis-server',
  files: {
    '/data': { directory: true, owner: 'redis' },
    '/usr/local/bin/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 },
    // The official image is built without protected mode, since the container's network decides who may connect.
    '/usr/local/bin/redis-server': {
      text: `#!/bin/sh
case "$1" in
'' | -*) exec /usr/bin/redis-server --protected-mode no "$@" ;;
*) config=$1; shift; exec /usr/bin/redis-server "$config" --protected-mode no "$@" ;;
esac
`,
      mode: 0o755,
    },
  },
  users: { redis: { uid: 999, home: '/data' } },
  differs: 'no modules',
  remove: [
    '/etc/redis',
    '/etc/init.d',
    '/etc/logrotate.d',
    '/etc/default',
    '/var/lib/redis',
    '/var/log/redis',
  ],
  config: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    command: ['redis-server'],
    environment: { REDIS_VERSION: version },
    workingDirectory: '/data',
    exposedPorts: [{ port: 6379, protocol: 'tcp' }],
    volumes: ['/data'],
  }),
};
