import type { StandIn } from './model.ts';

/** https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
`;

/** https://hub.docker.com/_/node */
export const node: StandIn = {
  names: ['node'],
  packages: [],
  program: 'nodejs',
  files: { '/usr/local/bin/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 } },
  users: { node: { uid: 1000, home: '/home/node', shell: '/bin/sh' } },
  remove: [],
  config: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    command: ['node'],
    environment: { NODE_VERSION: version },
  }),
};

/** The images that are named neither slim nor alpine have curl, too: https://hub.docker.com/_/buildpack-deps */
export const fullNode: StandIn = { ...node, packages: ['curl'] };
