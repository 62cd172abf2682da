import type { Recipe } from './model.ts';

/** https://hub.docker.com/_/busybox: nothing but the base of all stand-ins. */
export const busybox: Recipe = {
  names: ['busybox'],
  base: 'small',
  packages: [],
  program: 'busybox-static',
  files: {},
  users: {},
  differs: "Debian's BusyBox, which lacks some applets (adduser among them)",
  remove: [],
  config: () => ({ command: ['sh'] }),
};
