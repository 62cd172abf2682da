import { systemClock, type Clock } from '../../../common/clock.ts';
import type { MemoryLimits } from '../runtime.ts';
import { memoryOf, residents, type Resident } from './usage.ts';

/** Looks at what containers hold and kills what goes beyond its limit, as the kernel does it by control groups. */
export interface MemoryGuard {
  /** Until the returned function is called. */
  watch(container: Guarded, limits: MemoryLimits): () => void;
}
export interface Guarded {
  /** A procfs of the container; undefined where it is not seen. */
  path(): string | undefined;
  /** By its id in the container. */
  kill(pid: string): Promise<void>;
}

interface Member {
  readonly container: Guarded;
  readonly limit: number;
}
interface Group {
  readonly limit: number;
  readonly members: Set<Member>;
  used: number;
  cancel: () => void;
}
interface Seen {
  readonly member: Member;
  readonly path: string;
  readonly processes: readonly Resident[];
  /** At most this much: shared pages may be in it more than once. */
  readonly most: number;
}

/** Between two looks, in milliseconds: rare where nothing changes, and before what grows can be at its limit. */
const SHORTEST = 100;
const LONGEST = 3000;

/** Real time, whatever the region's clock says: what programs take they take now. */
export function memoryGuard(clock: Clock = systemClock): MemoryGuard {
  const groups = new Map<string, Group>();

  function look(group: Group, since: number): void {
    const seen = [...group.members].flatMap(see);
    for (const one of seen) if (one.most > one.member.limit) killWhere([one], one.member.limit);
    killWhere(seen, group.limit);
    const used = seen.reduce((sum, { most }) => sum + most, 0);
    const room = Math.min(group.limit - used, ...seen.map(({ member, most }) => member.limit - most));
    const growth = (used - group.used) / Math.max(1, clock.now() - since);
    group.used = used;
    plan(group, pauseFor(room, growth, clock.now() - since));
  }
  function plan(group: Group, pause: number): void {
    const since = clock.now();
    group.cancel = clock.schedule(pause, () => look(group, since));
  }

  return {
    watch(container, { bytes = Infinity, group: { name, bytes: groupBytes } }) {
      const group = groups.get(name) ?? { limit: groupBytes, members: new Set(), used: 0, cancel: () => {} };
      const member: Member = { container, limit: bytes };
      group.members.add(member);
      // What has only just been started grows.
      group.cancel();
      plan(group, SHORTEST);
      groups.set(name, group);
      return () => {
        group.members.delete(member);
        if (group.members.size > 0 || groups.get(name) !== group) return;
        group.cancel();
        groups.delete(name);
      };
    },
  };
}

/** Half of the time that the room lasts at this growth (bytes, and bytes a millisecond), and at most twice the last pause. */
export function pauseFor(room: number, growth: number, last: number): number {
  const lasts = growth > 0 ? room / growth : Infinity;
  return Math.max(SHORTEST, Math.min(LONGEST, lasts / 2, last * 2));
}

function see(member: Member): readonly Seen[] {
  const path = member.container.path();
  const processes = path === undefined ? undefined : residents(path);
  if (path === undefined || !processes) return [];
  return [{ member, path, processes, most: processes.reduce((sum, one) => sum + one.memoryBytes, 0) }];
}

/** The largest process of the largest container goes, as in the kernel's choice. https://docs.kernel.org/admin-guide/cgroup-v2.html (memory.max) */
function killWhere(seen: readonly Seen[], limit: number): void {
  if (seen.reduce((sum, { most }) => sum + most, 0) <= limit) return;
  const exact = seen.map((one) => ({ ...one, holds: memoryOf(one.path, one.processes) }));
  if (exact.reduce((sum, { holds }) => sum + holds, 0) <= limit) return;
  const [largest] = exact.sort((a, b) => b.holds - a.holds);
  const [victim] = [...(largest?.processes ?? [])].sort((a, b) => b.memoryBytes - a.memoryBytes);
  if (largest && victim) void largest.member.container.kill(victim.pid).catch(() => {});
}
