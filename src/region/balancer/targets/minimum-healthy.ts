import type { MinimumHealthy } from '../protocol.ts';

/**
 * How many of the registered targets must be healthy for requests to go to healthy ones alone; below it all are used.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (target group health)
 */
export function neededHealthy(minimum: MinimumHealthy | undefined, registered: number): number {
  const { count, percentage = 0 } = minimum ?? { count: 1 };
  return Math.max(1, count, Math.ceil((registered * percentage) / 100));
}
