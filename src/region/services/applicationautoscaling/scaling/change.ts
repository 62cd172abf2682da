import { addActivity } from '../activities.ts';
import { serviceOf } from '../resource.ts';
import type { AutoScaling } from '../state.ts';

/** Sets the desired count and tells of it. True when ECS took it. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html */
export async function setDesiredCount(
  scaling: AutoScaling,
  resourceId: string,
  desired: number,
  cause: string,
): Promise<boolean> {
  const { cluster, service } = serviceOf(resourceId);
  const told = { Description: `Setting desired count to ${desired}.`, Cause: cause };
  try {
    await scaling.region.api.ecs.UpdateService({ cluster, service, desiredCount: desired });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    addActivity(scaling, resourceId, {
      ...told,
      StatusCode: 'Failed',
      StatusMessage: `Failed to set desired count to ${desired}. Reason: ${reason}`,
    });
    return false;
  }
  addActivity(
    scaling,
    resourceId,
    {
      ...told,
      StatusCode: 'InProgress',
      StatusMessage: `Successfully set desired count to ${desired}. Waiting for change to be fulfilled by ecs.`,
    },
    desired,
  );
  return true;
}
