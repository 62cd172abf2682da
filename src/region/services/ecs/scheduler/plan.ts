import { boundsOf } from './bounds.ts';

/** How the scheduler sees a task that is to run. */
export interface Observed {
  readonly id: string;
  readonly zone: string;
  readonly condition: 'starting' | 'healthy' | 'unhealthy';
  readonly createdAt: number;
  /** Of a deployment that completed once: what carries the service until its successor does. */
  readonly carries: boolean;
}
export interface Situation {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Tasks of the newest deployment that are to run. */
  readonly primary: readonly Observed[];
  /** Tasks of older deployments that are to run. */
  readonly older: readonly Observed[];
  /** Tasks told to stop that still count. */
  readonly leaving: number;
  /** False: the newest deployment failed and starts nothing more. */
  readonly primaryStarts: boolean;
}
export interface Plan {
  /** Tasks of the newest deployment to start. */
  readonly start: number;
  /** Tasks of the last completed deployment to start, in place of ones that were lost while its successor is not there yet. */
  readonly restore: number;
  readonly stop: readonly { readonly id: string; readonly because: 'scaling' | 'unhealthy' }[];
  /** The percentages leave no room to move. */
  readonly blocked: boolean;
}

/** What to start and stop now. Pure: the same situation, the same plan. */
export function plan(situation: Situation): Plan {
  const { desired, primary, older, leaving, primaryStarts } = situation;
  const { lower, upper } = boundsOf(desired, situation.minimumHealthyPercent, situation.maximumPercent);
  const good = primary.filter(({ condition }) => condition !== 'unhealthy');
  const sick = primary.filter(({ condition }) => condition === 'unhealthy');
  const healthy = primary.filter(({ condition }) => condition === 'healthy').length;
  const olderHealthy = older.filter(({ condition }) => condition === 'healthy');
  const arrived = healthy >= desired;

  const missing = primaryStarts ? Math.max(0, desired - good.length) : 0;
  const room = Math.max(0, upper - primary.length - older.length - leaving);
  const start = Math.min(missing, room);

  const excess = good.length - desired;
  const scaleIn = excess > 0 ? pickBalanced(good, excess) : [];
  // A replacement comes first where there is room, else sick tasks go one by one:
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
  const makeRoom = missing > 0 && room === 0 && leaving === 0;
  const goneSick = arrived ? sick : makeRoom ? sick.slice(0, 1) : [];

  const goneOlder = stopOlder();
  function stopOlder(): readonly Observed[] {
    if (arrived) return older;
    if (!primaryStarts) return [];
    const idle = older.filter(({ condition, carries }) => condition !== 'healthy' && !carries);
    const coming = older.filter(({ condition, carries }) => condition !== 'healthy' && carries);
    const awaited = Math.max(0, lower - healthy - olderHealthy.length);
    idle.push(...coming.slice(0, Math.max(0, coming.length - awaited)));
    const surplus = Math.max(0, healthy + olderHealthy.length - desired);
    const lacking = Math.max(0, missing - room - idle.length);
    const spare = healthy + olderHealthy.length - lower;
    const count = Math.max(0, Math.min(olderHealthy.length, spare, surplus + lacking));
    return [...idle, ...pickBalanced(olderHealthy, count)];
  }

  // A lost task of the old revision is replaced from its own revision until the new one carries the service:
  // https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments
  const kept = older.length - goneOlder.length;
  const restore = arrived ? 0 : Math.max(0, Math.min(lower - healthy - kept, room - start));

  const stop = [
    ...goneSick.map(({ id }) => ({ id, because: 'unhealthy' as const })),
    ...[...scaleIn, ...goneOlder].map(({ id }) => ({ id, because: 'scaling' as const })),
  ];
  const settled = primary.every(({ condition }) => condition === 'healthy');
  const blocked =
    missing > 0 && start === 0 && stop.length === 0 && leaving === 0 && settled && older.length > 0;
  return { start, restore, stop, blocked };
}

/**
 * Those not healthy yet first, since they are not missed; then from the zone with most tasks, there the newest.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
 */
export function pickBalanced(tasks: readonly Observed[], count: number): readonly Observed[] {
  const left = [...tasks].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  const picked: Observed[] = [];
  while (picked.length < count && left.length > 0) {
    const perZone = new Map<string, number>();
    for (const { zone } of left) perZone.set(zone, (perZone.get(zone) ?? 0) + 1);
    const allHealthy = left.every(({ condition }) => condition === 'healthy');
    const eligible = allHealthy ? left : left.filter(({ condition }) => condition !== 'healthy');
    const size = ({ zone }: Observed) => perZone.get(zone) ?? 0;
    const fullest = Math.max(...eligible.map(size));
    const index = left.findIndex((task) => eligible.includes(task) && size(task) === fullest);
    picked.push(...left.splice(index, 1));
  }
  return picked;
}
