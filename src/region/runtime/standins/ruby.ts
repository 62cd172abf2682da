import type { Recipe } from './model.ts';

const release = '3.1';

/** https://hub.docker.com/_/ruby */
export const ruby: Recipe = {
  names: ['ruby'],
  base: 'debian',
  packages: ['ruby', 'ruby-dev', 'ruby-bundler'],
  program: `ruby${release}`,
  label: 'ruby',
  files: {
    ...Object.fromEntries(
      ['ruby', 'gem', 'bundle', 'bundler', 'irb', 'rake', 'erb'].map((name) => [
        `/usr/local/bin/${name}`,
        {
          link: `/usr/bin/${name === 'bundle' || name === 'bundler' ? `${name}` : `${name}${release}`}`,
        } as const,
      ]),
    ),
    '/usr/local/bundle': { directory: true, mode: 0o1777 },
    '/usr/local/etc/gemrc': { text: 'install: --no-document\nupdate: --no-document\n' },
  },
  users: {},
  remove: [],
  differs: `always Ruby ${release}; no compilers in the full image (apt-get adds them)`,
  config: (version) => ({
    command: ['irb'],
    environment: {
      PATH: '/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      RUBY_VERSION: version,
      GEM_HOME: '/usr/local/bundle',
      BUNDLE_SILENCE_ROOT_WARNING: '1',
      BUNDLE_APP_CONFIG: '/usr/local/bundle',
    },
  }),
  variants: [{ tag: /^(?!.*(slim|alpine))/, packages: ['curl', 'git'] }],
};
