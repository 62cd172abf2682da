import { readFileSync } from 'node:fs';

/**
 * Signals the process `depth` generations below `pid`, by its first child each time: below `nsenter | unshare --fork` stands the
 * program itself. False when there is no such process.
 */
export function signalBelow(pid: number | undefined, signal: NodeJS.Signals, depth: number): boolean {
  let target = pid;
  for (let level = 0; level < depth && target !== undefined; level++) target = firstChild(target);
  if (target === undefined) return false;
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}

function firstChild(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return first ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}
