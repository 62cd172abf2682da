import { alpine as alpineFiles } from './alpine.ts';
import type { Recipe } from './model.ts';

/** https://hub.docker.com/_/debian */
export const debian: Recipe = {
  names: ['debian'],
  base: 'debian',
  packages: [],
  program: 'base-files',
  label: 'a minimal root, base-files',
  files: {},
  users: {},
  remove: [],
  differs:
    'the release that this machine runs, whatever the tag; with the certificates of the public authorities',
  config: () => ({ command: ['bash'] }),
};

/** https://hub.docker.com/_/ubuntu */
export const ubuntu: Recipe = {
  ...debian,
  names: ['ubuntu'],
  differs: 'Debian where this machine runs Debian: other versions of packages, but the same apt-get',
};

/** https://hub.docker.com/_/alpine */
export const alpine: Recipe = {
  ...debian,
  ...alpineFiles,
  names: ['alpine'],
  packages: ['busybox-static', 'wget'],
  differs:
    'Debian with glibc, its own coreutils and an apk that asks apt-get for the Debian package of the same purpose',
  config: () => ({ command: ['/bin/sh'] }),
};

/** https://hub.docker.com/_/buildpack-deps */
export const buildpack: Recipe = {
  ...debian,
  names: ['buildpack-deps'],
  packages: ['curl', 'git'],
  differs: 'only curl and git on debian; apt-get adds the rest',
};
