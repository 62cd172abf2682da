import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support.mjs';

/** Undefined where it is not installed. */
export function podmanVersion() {
  try {
    return execFileSync('podman', ['version', '--format', '{{.Client.Version}}'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return undefined;
  }
}

/** crun wants cgroups of the second version alone; where root has both, podman is shown those only. */
const alone = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"',
  'sh',
];
const hybrid = existsSync('/sys/fs/cgroup/unified') && process.getuid() === 0;

/** podman with a store of its own, below `folder`. */
export function podmanStore(folder) {
  const places = [
    '--root',
    join(folder, 'root'),
    '--runroot',
    join(folder, 'run'),
    '--tmpdir',
    join(folder, 'tmp'),
  ];
  const settings = [
    '--storage-driver',
    'overlay',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
  ];
  const [program, ...words] = [...(hybrid ? alone : []), 'podman', ...places, ...settings];
  return {
    /** The words that begin a command line with it. */
    words: [program, ...words],
    run: (...args) => run(program, [...words, ...args]),
    /** Its files have owners that only podman may remove. */
    remove: () => run(program, [...words, 'system', 'reset', '--force']),
  };
}

/** Of `podman run`: nothing that containers of the same test in Fairway do not have. */
export const plainContainer = [
  '--rm',
  '--network=none',
  '--cgroups=disabled',
  '--ulimit=nofile=1024:1024',
  '--ulimit=nproc=1024:1024',
];
