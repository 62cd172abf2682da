import type { Recipe } from './model.ts';

const release = '3.11';

/** https://hub.docker.com/_/python */
export const python: Recipe = {
  names: ['python'],
  base: 'debian',
  packages: ['python3', 'python3-pip', 'python3-venv'],
  program: `python${release}`,
  label: 'Python',
  files: {
    ...Object.fromEntries(
      ['python', 'python3', `python${release}`].map((name) => [
        `/usr/local/bin/${name}`,
        { link: `/usr/bin/python${release}` } as const,
      ]),
    ),
    '/usr/local/bin/pip': { link: '/usr/bin/pip3' },
    '/usr/local/bin/pip3': { link: '/usr/bin/pip3' },
    [`/usr/local/lib/python${release}/dist-packages`]: { directory: true },
    [`/usr/local/lib/python${release}/site-packages`]: { link: 'dist-packages' },
  },
  users: {},
  // https://packaging.python.org/en/latest/specifications/externally-managed-environments/: the official image is not.
  remove: [`/usr/lib/python${release}/EXTERNALLY-MANAGED`],
  differs: `always Python ${release}; packages go to dist-packages (site-packages is a link); no compilers in the full image (apt-get adds them)`,
  config: (version) => ({
    command: ['python3'],
    environment: { LANG: 'C.UTF-8', PYTHON_VERSION: version },
  }),
  variants: [{ tag: /^(?!.*(slim|alpine))/, packages: ['curl', 'git'] }],
};
