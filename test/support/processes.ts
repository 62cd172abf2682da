import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
}

function allProcesses(): readonly ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
      } catch {
        return [];
      }
    });
}

/** A process and everything below it, the process itself first. */
export function regionProcesses(root: number | undefined): readonly number[] {
  if (root === undefined) return [];
  const rows = allProcesses();
  if (!rows.some(({ pid }) => pid === root)) return [];
  const found = [root];
  for (const parent of found)
    found.push(...rows.filter((row) => row.parent === parent).map(({ pid }) => pid));
  return found;
}

/** The arguments a process was started with. */
export function commandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** Every process whose environment speaks of a folder: what was started in a home, whoever its parent is by now. */
export function processesOf(directory: string): readonly number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(directory);
      } catch {
        return false;
      }
    });
}
