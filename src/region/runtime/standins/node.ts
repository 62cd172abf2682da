import type { Recipe } from './model.ts';

/** https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
`;

/** https://hub.docker.com/_/node */
export const node: Recipe = {
  names: ['node'],
  base: 'debian',
  packages: [],
  program: 'nodejs',
  files: {
    '/usr/local/bin/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 },
    // The version of the official images; npm fetches it at the first call.
    '/usr/local/bin/yarn': { text: '#!/bin/sh\nexec npx --yes yarn@1.22.22 "$@"\n', mode: 0o755 },
    '/usr/local/bin/yarnpkg': { link: 'yarn' },
  },
  users: { node: { uid: 1000, home: '/home/node', shell: '/bin/bash' } },
  remove: [],
  differs:
    'always the Node that runs Fairway; yarn is fetched at its first call; no compilers or Python in the full image (apt-get adds them)',
  config: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    command: ['node'],
    environment: { NODE_VERSION: version },
  }),
  // The images that are named neither slim nor alpine have more: https://hub.docker.com/_/buildpack-deps
  variants: [{ tag: /^(?!.*(slim|alpine))/, packages: ['curl', 'git'] }],
};
