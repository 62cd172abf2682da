import type { Recipe } from './model.ts';
import { script } from './scripts.ts';

/** https://github.com/docker-library/memcached/blob/master/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then
  set -- memcached "$@"
fi
exec "$@"
`;

/** https://hub.docker.com/_/memcached */
export const memcached: Recipe = {
  names: ['memcached'],
  base: 'small',
  packages: ['memcached'],
  program: 'memcached',
  files: { '/usr/local/bin/docker-entrypoint.sh': script(entrypoint) },
  users: { memcache: { uid: 11211, home: '/nonexistent' } },
  remove: ['/etc/init.d', '/etc/default', '/etc/memcached.conf'],
  differs: 'no apt-get',
  config: (version) => ({
    user: 'memcache',
    entrypoint: ['docker-entrypoint.sh'],
    command: ['memcached'],
    environment: { MEMCACHED_VERSION: version },
    exposedPorts: [{ port: 11211, protocol: 'tcp' }],
  }),
};
