import type { Recipe } from './model.ts';
import { redis } from './redis.ts';
import { script } from './scripts.ts';

/** https://hub.docker.com/r/valkey/valkey; Debian 12 has Redis in its place, from which it comes. */
export const valkey: Recipe = {
  ...redis,
  names: ['valkey'],
  files: {
    ...redis.files,
    '/usr/local/bin/valkey-server': script('#!/bin/sh\nexec redis-server "$@"\n'),
    '/usr/local/bin/valkey-cli': { link: '/usr/bin/redis-cli' },
    '/usr/local/bin/valkey-benchmark': { link: '/usr/bin/redis-benchmark' },
    // The entry point changes to the server's user for its own name.
    '/usr/local/bin/docker-entrypoint.sh': script(
      '#!/bin/sh\n[ "$1" != valkey-server ] || { shift; set -- redis-server "$@"; }\nexec /usr/local/bin/redis-entrypoint.sh "$@"\n',
    ),
    ...Object.fromEntries(
      Object.entries(redis.files)
        .filter(([path]) => path === '/usr/local/bin/docker-entrypoint.sh')
        .map(([, file]) => ['/usr/local/bin/redis-entrypoint.sh', file]),
    ),
  },
  differs: 'Redis 7.0, which it comes from, under its names',
  config: (version, ids) => ({
    ...redis.config(version, ids),
    command: ['valkey-server'],
    environment: { VALKEY_VERSION: version },
  }),
};
