import type { DeploymentRecord, Ecs, ServiceRecord, TaskRecord } from '../state.ts';
import { tellWhile } from '../service-events.ts';
import { isPending } from '../task-status.ts';
import { bakesFor } from './alarms.ts';
import type { Observation } from './observe.ts';
import { changeDeployment, completeDeployment } from './rollout.ts';

/** Ends a deployment, a drained deployment or a service, when all that it waits for has happened; says when to look again. */
export function conclude(
  ecs: Ecs,
  service: ServiceRecord,
  primary: DeploymentRecord,
  observed: readonly Observation[],
  tasks: readonly TaskRecord[],
  moved: boolean,
): number | undefined {
  const { tables } = ecs;
  if (service.status === 'DRAINING') {
    // A little stricter than AWS, where STOPPING is enough, so that what the tasks used can be deleted next:
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    if (tasks.every(({ lastStatus }) => lastStatus === 'STOPPED'))
      tables.services.patch(service.arn, { status: 'INACTIVE', inactiveAt: ecs.now(), deployments: [] });
    return undefined;
  }
  const active = (deployment: DeploymentRecord) =>
    tasks.some(
      (task) =>
        task.deploymentId === deployment.id &&
        (task.desiredStatus === 'RUNNING' || task.lastStatus === 'RUNNING' || isPending(task.lastStatus)),
    );
  const own = observed.filter(({ task }) => task.deploymentId === primary.id);
  const older = service.deployments.slice(1);
  const left = older.filter(active);
  const stands =
    !moved &&
    own.length === service.desiredCount &&
    own.every(({ condition }) => condition === 'healthy') &&
    left.length === 0 &&
    observed.length === own.length;
  if (!moved && left.length < older.length)
    tables.services.patch(service.arn, { deployments: [primary, ...left] });

  const bakes = stands && primary.rolloutState === 'IN_PROGRESS' ? bake(ecs, service, primary) : 0;
  if (bakes > 0) return bakes === Infinity ? undefined : bakes;
  if (stands && primary.rolloutState === 'IN_PROGRESS') completeDeployment(ecs, service, primary);
  const { rolloutState } = tables.services.get(service.arn)?.deployments[0] ?? primary;
  // Healthy tasks as many as wanted, and no deployment in progress:
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  const steady = stands && rolloutState !== 'IN_PROGRESS';
  if (steady !== service.steady) tables.services.patch(service.arn, { steady });
  return tellWhile(ecs, service.arn, 'steady', steady ? 'has reached a steady state.' : undefined);
}

/** Milliseconds for which the deployment's alarms are watched still; unbounded until they were asked the first time. */
function bake(ecs: Ecs, service: ServiceRecord, primary: DeploymentRecord): number {
  const lasts = bakesFor(service, primary);
  if (lasts === undefined) return Infinity;
  if (lasts === 0) return 0;
  const since = primary.bakesSince ?? ecs.now();
  if (!primary.bakesSince) changeDeployment(ecs, service.arn, primary.id, { bakesSince: since });
  return Math.max(0, since.getTime() + lasts - ecs.region.clock.now());
}
