import type { Observed } from './plan.ts';

/**
 * Protected ones last; those not healthy yet first, since they are not missed; then from the zone with most tasks, there the newest.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 */
export function pickBalanced(tasks: readonly Observed[], count: number): readonly Observed[] {
  const left = [...tasks].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const picked: Observed[] = [];
  while (picked.length < count && left.length > 0) {
    const perZone = new Map<string, number>();
    for (const { zone } of left) perZone.set(zone, (perZone.get(zone) ?? 0) + 1);
    const eligible = missedLeast(left);
    const size = ({ zone }: Observed) => perZone.get(zone) ?? 0;
    const fullest = Math.max(...eligible.map(size));
    const index = left.findIndex((task) => eligible.includes(task) && size(task) === fullest);
    picked.push(...left.splice(index, 1));
  }
  return picked;
}

function missedLeast(left: readonly Observed[]): readonly Observed[] {
  const free = left.filter(({ isProtected }) => !isProtected);
  const among = free.length > 0 ? free : left;
  const early = among.filter(({ condition }) => condition !== 'healthy');
  return early.length > 0 ? early : among;
}
