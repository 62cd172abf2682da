import { execFileSync } from 'node:child_process';
import { linkSync } from 'node:fs';

const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
const run = (program: string, args: readonly string[]) =>
  void execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });

/**
 * A whiteout is a character device 0:0, which anyone may make: https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories.
 * Node cannot; one is made and the others are links to it, as the kernel itself shares them.
 */
export function makeWhiteouts(directory: string, paths: readonly string[]): void {
  let first: string | undefined;
  for (const path of paths) {
    const target = `${directory}/${path}`;
    if (first !== undefined && linkTo(first, target)) continue;
    run('mknod', ['-m', '0', target, 'c', '0', '0']);
    first = target;
  }
}

function linkTo(first: string, target: string): boolean {
  try {
    linkSync(first, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EMLINK') return false;
    throw error;
  }
}

export function makeFifo(path: string): void {
  run('mkfifo', ['-m', '600', path]);
}
