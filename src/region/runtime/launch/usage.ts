import { readdirSync, readFileSync } from 'node:fs';
import type { ContainerUsage } from '../runtime.ts';

/** What one process of a container holds, by its id in the container. */
export interface Resident {
  readonly pid: string;
  /** Resident and not a file's, which the kernel could take back: what a memory limit is about. Shared pages are counted in each. */
  readonly memoryBytes: number;
}

/** USER_HZ, which is 100 wherever Node runs: proc(5). */
const MILLISECONDS_PER_TICK = 10;

/** What runs in the PID namespace that the procfs at `proc` is of; undefined where that has ended. */
export function residents(proc: string): readonly Resident[] | undefined {
  const names = attempt(() => readdirSync(proc));
  const found = (names ?? [])
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): readonly Resident[] => {
      const status = attempt(() => readFileSync(`${proc}/${pid}/status`, 'latin1'));
      // It has ended in the meantime.
      if (status === undefined) return [];
      return [{ pid, memoryBytes: sumOf(status, ['RssAnon', 'RssShmem']) }];
    });
  return found.length > 0 ? found : undefined;
}

/** Pages that several processes share are counted once: a kernel that does not tell lets each count them. */
export function memoryOf(proc: string, processes: readonly Resident[]): number {
  const [first] = processes;
  if (processes.length === 1 && first) return first.memoryBytes;
  return processes.reduce((sum, { pid, memoryBytes }) => {
    const rollup = attempt(() => readFileSync(`${proc}/${pid}/smaps_rollup`, 'latin1'));
    return sum + (rollup === undefined ? memoryBytes : sumOf(rollup, ['Pss_Anon', 'Pss_Shmem']));
  }, 0);
}

export function usageOf(proc: string): ContainerUsage | undefined {
  const processes = residents(proc);
  if (!processes) return undefined;
  const times = processes.map(({ pid }) => attempt(() => readFileSync(`${proc}/${pid}/stat`, 'latin1')));
  return {
    at: Date.now(),
    cpuMilliseconds: times.reduce((sum, stat) => sum + (stat === undefined ? 0 : cpuOf(stat)), 0),
    memoryBytes: memoryOf(proc, processes),
  };
}

/** utime, stime, cutime and cstime: its own time and that of children it has waited for. The name before them may hold anything. */
export function cpuOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MILLISECONDS_PER_TICK;
}

/** Sum of `Name:   123 kB` lines. */
export function sumOf(text: string, names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const [, kibibytes = '0'] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text) ?? [];
    return sum + Number(kibibytes) * 1024;
  }, 0);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
