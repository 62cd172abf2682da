import { boundsOf } from './bounds.ts';
import { pickBalanced } from './pick-balanced.ts';

/** How the scheduler sees a task that is to run. */
export interface Observed {
  readonly id: string;
  readonly zone: string;
  readonly condition: 'starting' | 'healthy' | 'unhealthy';
  readonly createdAt: number;
  /** Of a deployment that completed once: what carries the service until its successor does. */
  readonly carries: boolean;
  /** From scale-in and deployments, not from what its health says. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
  readonly isProtected: boolean;
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
  /** There is an older deployment that completed, whose lost tasks can be started again. */
  readonly restores: boolean;
}
export interface Plan {
  /** Tasks of the newest deployment to start. */
  readonly start: number;
  /** Of those, how many take the place of an unhealthy one. */
  readonly replacing: number;
  /** Tasks of the last completed deployment to start, in place of ones that were lost while its successor is not there yet. */
  readonly restore: number;
  readonly stop: readonly { readonly id: string; readonly because: 'scaling' | 'unhealthy' }[];
  /** Tasks that would be stopped were they not protected. */
  readonly held: readonly string[];
  /** The percentages leave no room to move. */
  readonly blocked: boolean;
}

/** What to start and stop now. Pure: the same situation, the same plan. */
export function plan(situation: Situation): Plan {
  const { desired, primary, older, leaving, primaryStarts, restores } = situation;
  const { lower, upper } = boundsOf(desired, situation.minimumHealthyPercent, situation.maximumPercent);
  const good = primary.filter(({ condition }) => condition !== 'unhealthy');
  const sick = primary.filter(({ condition }) => condition === 'unhealthy');
  const healthy = primary.filter(({ condition }) => condition === 'healthy').length;
  const arrived = healthy >= desired;

  const olderHealthy = older.filter(({ condition }) => condition === 'healthy');
  const coming = older.filter(({ condition, carries }) => condition === 'starting' && carries);
  const olderSick = older.filter(({ condition, carries }) => condition === 'unhealthy' && carries);
  // A deployment that was superseded before it completed does not wait for tasks that never got healthy.
  const idle = older.filter(({ condition, carries }) => condition !== 'healthy' && !carries);

  const kept = [...coming, ...olderHealthy];

  const missing = primaryStarts ? Math.max(0, desired - good.length) : 0;
  const room = Math.max(0, upper - primary.length - older.length - leaving);
  // A lost task of the old revision is replaced from its own revision until the new one carries the service:
  // https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments
  const lost = arrived || !restores ? 0 : Math.max(0, lower - healthy - kept.length);
  // One place is left to a new deployment that has no task yet, so that it can mend what the old one cannot.
  const first = missing > 0 && primary.length === 0 ? 1 : 0;
  const restore = Math.max(0, Math.min(lost, room - first));
  const start = Math.min(missing, room - restore);

  const scaleIn = downTo(good, desired);
  const gone = [
    ...replaced(sick, healthy, missing),
    ...replaced(olderSick, healthy + olderHealthy.length, lost + missing),
  ];
  const goneOlder = stopOlder();
  const given = new Set(gone.map(({ id }) => id));
  const scaling = [...scaleIn, ...goneOlder].filter(({ id }) => !given.has(id));

  /** A replacement comes first where there is room, else unhealthy tasks go one by one. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html */
  function replaced(list: readonly Observed[], instead: number, wanted: number): readonly Observed[] {
    if (list === sick && !primaryStarts) return list;
    const makeRoom = wanted > 0 && room === 0 && leaving === 0 ? 1 : 0;
    return list.slice(0, Math.max(makeRoom, instead + list.length - desired, 0));
  }
  function stopOlder(): readonly Observed[] {
    // What a failed deployment would have replaced goes on serving. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    if (!primaryStarts) return [...idle, ...downTo(kept, desired)];
    if (arrived) return older;
    const awaited = Math.max(0, lower - healthy - olderHealthy.length);
    const early = [...idle, ...coming.slice(0, Math.max(0, coming.length - awaited))];
    const present = healthy + olderHealthy.length;
    const surplus = Math.max(0, present - desired);
    const lacking = Math.max(0, missing + restore - room - leaving - early.length - gone.length);
    const count = Math.max(0, Math.min(olderHealthy.length, present - lower, surplus + lacking));
    return [...early, ...pickBalanced(olderHealthy, count)];
  }

  const stop = [
    ...gone.map(({ id }) => ({ id, because: 'unhealthy' as const })),
    ...scaling
      .filter(({ isProtected }) => !isProtected)
      .map(({ id, condition }) => ({ id, because: because(condition) })),
  ];
  const held = scaling.filter(({ isProtected }) => isProtected).map(({ id }) => id);
  const settled = primary.every(({ condition }) => condition === 'healthy');
  const blocked =
    missing > 0 && start === 0 && stop.length === 0 && leaving === 0 && settled && older.length > 0;
  return {
    start,
    replacing: Math.min(start, sick.length),
    restore,
    stop,
    held,
    blocked: blocked && held.length === 0,
  };
}

/** What is unhealthy is told to go for that, whoever decides it. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
const because = (condition: Observed['condition']): Plan['stop'][number]['because'] =>
  condition === 'unhealthy' ? 'unhealthy' : 'scaling';

/** What to stop so that `count` are left; no healthy one is given for a protected one that is not healthy yet. */
function downTo(tasks: readonly Observed[], count: number): readonly Observed[] {
  let spare = tasks.filter(({ condition }) => condition === 'healthy').length - count;
  return pickBalanced(tasks, tasks.length - count).filter(
    ({ condition }) => condition !== 'healthy' || spare-- > 0,
  );
}
