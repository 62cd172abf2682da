import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';

/**
 * Takes the lock of the one region process a user has; false where a living process holds it.
 * A process that was killed leaves its file behind: the id in it, and when that process began, tell whether it still lives.
 */
export function takeLock(file: string): boolean {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, JSON.stringify({ pid: process.pid, began: beginning(process.pid) }));
      closeSync(descriptor);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (holderLives(file)) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

function holderLives(file: string): boolean {
  try {
    const { pid, began } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; began: string };
    return isAlive(pid) && beginning(pid) === began;
  } catch {
    return false;
  }
}

/** When a process started, in clock ticks since boot: proc(5), /proc/PID/stat field 22. Throws where there is none. */
export function beginning(pid: number): string {
  return statFields(pid)[19]!;
}

/** Whether a process runs; one that has ended and that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    return !['Z', 'X'].includes(statFields(pid)[0]!);
  } catch {
    return false;
  }
}

/** The fields of /proc/PID/stat behind the program's name, which may hold spaces: the state is the first. */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
