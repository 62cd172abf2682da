import type { StandIn } from './model.ts';

/** https://hub.docker.com/_/busybox: nothing but the base of all stand-ins. */
export const busybox: StandIn = {
  names: ['busybox'],
  packages: [],
  program: 'busybox-static',
  files: {},
  users: {},
  remove: [],
  config: () => ({ command: ['sh'] }),
};
