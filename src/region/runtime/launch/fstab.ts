import { deviceNames } from './tools.ts';

/** One mount of a container, in the order they are made. */
export interface MountEntry {
  readonly source: string;
  /** In the container, without symbolic links. */
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/** Not to be seen or written in a container: https://github.com/moby/moby/blob/master/daemon/pkg/oci/defaults.go */
const maskedFiles = [
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/interrupts',
];
const maskedDirectories = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** What every container has besides its image, as docker gives it; `present` tells which kernel files this machine has. */
export function kernelMounts(root: string, present: (path: string) => boolean): readonly MountEntry[] {
  const plain = 'nosuid,nodev,noexec';
  return [
    { source: 'proc', target: '/proc', type: 'proc', options: plain },
    { source: 'sysfs', target: '/sys', type: 'sysfs', options: `ro,${plain}` },
    {
      source: 'devpts',
      target: '/dev/pts',
      type: 'devpts',
      options: 'nosuid,noexec,newinstance,ptmxmode=0666,mode=0620',
    },
    { source: 'mqueue', target: '/dev/mqueue', type: 'mqueue', options: plain },
    { source: 'shm', target: '/dev/shm', type: 'tmpfs', options: `${plain},mode=1777,size=65536k` },
    ...deviceNames.map((name) => bind(`/dev/${name}`, `/dev/${name}`, 'bind')),
    ...readonlyPaths.filter(present).map((path) => bind(root + path, path, `bind,ro,${plain}`)),
    ...maskedFiles.filter(present).map((path) => bind('/dev/null', path, 'bind')),
    ...maskedDirectories
      .filter(present)
      .map((path) => ({ source: 'tmpfs', target: path, type: 'tmpfs', options: `ro,${plain}` })),
  ];
}

export function bind(source: string, target: string, options: string): MountEntry {
  return { source, target, type: 'none', options };
}

/** https://man7.org/linux/man-pages/man5/fstab.5.html */
export function formatFstab(root: string, entries: readonly MountEntry[]): string {
  return entries
    .map(
      ({ source, target, type, options }) =>
        `${[source, root + target, type, options].map(field).join(' ')} 0 0\n`,
    )
    .join('');
}

const field = (text: string) =>
  text.replace(/[ \t\n\r\v\f\\#]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
