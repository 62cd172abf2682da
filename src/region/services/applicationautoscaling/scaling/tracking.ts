/**
 * The capacity that would bring a metric to its target, in proportion; rounded up, which adds enough and takes away little.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export function proportional(current: number, metric: number, target: number): number {
  // From nothing, the smallest step: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
  if (current === 0) return metric > target ? 1 : 0;
  return Math.ceil(Number(((current * metric) / target).toPrecision(12)));
}
