import type { Target } from './target.ts';

/**
 * How much of a full share a target gets that came into slow start some time ago: it rises linearly.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (slow start mode)
 */
export const slowStartShare = (elapsed: number, duration: number): number =>
  elapsed >= duration ? 1 : Math.max(0, elapsed / duration);

/**
 * Whether a target that has just become healthy starts slowly: where another healthy one is not in slow start, and it did not come
 * together with that one into a group that had none.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (slow start considerations)
 */
export function startsSlowly(target: Target, others: Iterable<Target>, isNew: boolean): boolean {
  let beside = false;
  for (const other of others) {
    if (other === target || other.draining || other.state !== 'healthy' || other.slowSince !== undefined)
      continue;
    const together =
      isNew &&
      !other.startedSlowly &&
      target.registration !== undefined &&
      other.registration === target.registration;
    if (together) return false;
    beside = true;
  }
  return beside;
}
