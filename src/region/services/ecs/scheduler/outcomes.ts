import type { DeploymentRecord, Ecs, ServiceRecord, TaskRecord } from '../state.ts';
import { changeTask } from '../task-status.ts';
import { crashDelay, startDelay } from './back-off.ts';
import type { Observation } from './observe.ts';
import { changeDeployment } from './rollout.ts';

/**
 * Counts each task of a deployment: as proven when it ran well, which sets the failures to 0, or as failed when it ended before that
 * or failed a health check. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (failedTasks)
 */
export function countOutcomes(
  ecs: Ecs,
  service: ServiceRecord,
  observed: readonly Observation[],
  ending: readonly TaskRecord[],
): void {
  for (const { task, condition } of observed)
    if (condition === 'unhealthy' && task.outcome !== 'failed') countFailure(ecs, service, task);
  for (const { id, task, proven } of observed) {
    if (!proven || task.outcome) continue;
    changeTask(ecs, id, { outcome: 'proven' });
    const deployment = deploymentOf(ecs, service, task);
    if (deployment && deployment.failedTasks > 0 && resets(service))
      changeDeployment(ecs, service.arn, deployment.id, { failedTasks: 0, retryAt: undefined });
  }
  for (const { task } of observed) {
    const deployment = task.startedAt && deploymentOf(ecs, service, task);
    if (deployment && deployment.failedStarts)
      changeDeployment(ecs, service.arn, deployment.id, { failedStarts: 0 });
  }
  for (const task of ending) if (!task.outcome && isFailure(task)) countFailure(ecs, service, task);
}

/** Ended by itself before it had proven itself; what the scheduler or a user stopped is no failure. */
const isFailure = ({ stopCode }: TaskRecord): boolean =>
  stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited';

/** One more failure of the task's deployment, and the pause before its next start. */
function countFailure(ecs: Ecs, service: ServiceRecord, task: TaskRecord): void {
  changeTask(ecs, task.id, { outcome: 'failed' });
  const deployment = deploymentOf(ecs, service, task);
  if (!deployment) return;
  const { clock, pace } = ecs.region;
  const failedTasks = deployment.failedTasks + 1;
  // Tasks that were started together and failed together are one attempt.
  const sameAttempt = deployment.retryAt !== undefined && task.createdAt < deployment.retryAt;
  const failedStarts = task.startedAt ? 0 : (deployment.failedStarts ?? 0) + (sameAttempt ? 0 : 1);
  const pause = task.startedAt ? crashDelay(failedTasks, pace) : startDelay(Math.max(1, failedStarts), pace);
  const retryAt = sameAttempt && !task.startedAt ? deployment.retryAt : new Date(clock.now() + pause);
  changeDeployment(ecs, service.arn, deployment.id, { failedTasks, failedStarts, retryAt });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html (resetOnHealthyTask) */
const resets = ({ deploymentConfiguration }: ServiceRecord): boolean =>
  deploymentConfiguration.circuitBreaker.resetOnHealthyTask;

const deploymentOf = (
  { tables }: Ecs,
  { arn }: ServiceRecord,
  task: TaskRecord,
): DeploymentRecord | undefined =>
  tables.services.get(arn)?.deployments.find(({ id }) => id === task.deploymentId);
