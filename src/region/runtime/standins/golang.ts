import type { Recipe } from './model.ts';

const release = '1.19';

/** https://hub.docker.com/_/golang */
export const golang: Recipe = {
  names: ['golang'],
  base: 'debian',
  packages: [`golang-${release}-go`],
  program: `golang-${release}-go`,
  label: 'go',
  files: {
    '/usr/local/go': { link: `/usr/lib/go-${release}` },
    '/go': { directory: true, mode: 0o1777 },
    '/go/bin': { directory: true, mode: 0o1777 },
    '/go/src': { directory: true, mode: 0o1777 },
  },
  users: {},
  remove: [`/usr/share/go-${release}/test`],
  differs: `always Go ${release}; no C compiler in the full image (apt-get adds it)`,
  config: (version) => ({
    command: ['bash'],
    environment: {
      PATH: '/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      GOLANG_VERSION: version,
      GOTOOLCHAIN: 'local',
      GOPATH: '/go',
    },
    workingDirectory: '/go',
  }),
  variants: [{ tag: /^(?!.*(slim|alpine))/, packages: ['git'] }],
};
