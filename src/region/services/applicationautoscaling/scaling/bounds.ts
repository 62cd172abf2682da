import { capacityOf } from '../resource.ts';
import type { AutoScaling } from '../state.ts';
import { setDesiredCount } from './change.ts';

/**
 * Brings the count of an active service within the bounds of its target: when it is registered, and by schedule.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
 */
export async function keepWithinBounds(scaling: AutoScaling, resourceId: string): Promise<void> {
  const target = scaling.targets.get(resourceId);
  const capacity = await capacityOf(scaling.region, resourceId);
  if (!target || !capacity) return;
  if (capacity.desired < target.min)
    await setDesiredCount(scaling, resourceId, target.min, `minimum capacity was set to ${target.min}`);
  else if (capacity.desired > target.max)
    await setDesiredCount(scaling, resourceId, target.max, `maximum capacity was set to ${target.max}`);
}
