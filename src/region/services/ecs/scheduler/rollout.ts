import { addServiceEvent } from '../service-events.ts';
import type {
  DeploymentRecord,
  Ecs,
  FailureCause,
  ServiceDeploymentRecord,
  ServiceRecord,
} from '../state.ts';
import { failureWords, noCandidate } from './failure-words.ts';

/** Writes one deployment of a service anew. */
export function changeDeployment(
  { tables, now }: Ecs,
  serviceArn: string,
  id: string,
  changes: Partial<DeploymentRecord>,
): ServiceRecord {
  const deployments = tables.services.get(serviceArn)?.deployments ?? [];
  return tables.services.patch(serviceArn, {
    deployments: deployments.map((one) => (one.id === id ? { ...one, ...changes, updatedAt: now() } : one)),
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
const finished: readonly string[] = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];
export const isFinished = ({ status }: Pick<ServiceDeploymentRecord, 'status'>): boolean =>
  finished.includes(status);

/** What has finished stays as it was. */
export function changeServiceDeployment(
  { tables, now }: Ecs,
  arn: string,
  status: ServiceDeploymentRecord['status'],
  more: Partial<ServiceDeploymentRecord> = {},
): void {
  const before = tables.serviceDeployments.get(arn);
  if (!before || isFinished(before)) return;
  tables.serviceDeployments.patch(arn, {
    status,
    updatedAt: now(),
    ...(isFinished({ status }) ? { finishedAt: now() } : {}),
    ...more,
  });
}

/** The service deployment that is being rolled back, while a service is. */
export const rollingBack = ({ tables }: Ecs, serviceArn: string): ServiceDeploymentRecord | undefined =>
  [...tables.serviceDeployments.values()].find(
    (one) => one.serviceArn === serviceArn && one.status === 'ROLLBACK_IN_PROGRESS',
  );

/** Steady state. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
export function completeDeployment(ecs: Ecs, service: ServiceRecord, primary: DeploymentRecord): void {
  const completed: DeploymentRecord = {
    ...primary,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${primary.id} completed.`,
    completed: true,
    updatedAt: ecs.now(),
  };
  ecs.tables.services.patch(service.arn, { deployments: [completed], lastCompleted: completed });
  const failed = rollingBack(ecs, service.arn);
  if (failed) changeServiceDeployment(ecs, failed.arn, 'ROLLBACK_SUCCESSFUL');
  else changeServiceDeployment(ecs, primary.serviceDeploymentArn, 'SUCCESSFUL');
  addServiceEvent(ecs, service.arn, `(deployment ${primary.id}) deployment completed.`);
}

/**
 * The deployment has FAILED and starts nothing more; with rollback, the last one that completed is the newest again.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failDeployment(
  ecs: Ecs,
  service: ServiceRecord,
  failed: DeploymentRecord,
  cause: FailureCause,
  rollback: boolean,
): void {
  const words = failureWords[cause];
  addServiceEvent(ecs, service.arn, `(deployment ${failed.id}) deployment failed: ${words.event}`);
  const failure = { cause, failedTasks: failed.failedTasks };
  const before = rollingBack(ecs, service.arn);
  const target = before ? undefined : service.lastCompleted;
  if (rollback && target && target.id !== failed.id) {
    rollBack(ecs, service, failed, target, cause);
    return;
  }
  // Its tasks stay as they are, and nothing starts any more: the deployment is stalled.
  changeDeployment(ecs, service.arn, failed.id, { rolloutState: 'FAILED', rolloutStateReason: words.failed });
  if (before) changeServiceDeployment(ecs, before.arn, 'ROLLBACK_FAILED', { statusReason: words.failed });
  else if (rollback)
    changeServiceDeployment(ecs, failed.serviceDeploymentArn, 'ROLLBACK_FAILED', {
      statusReason: noCandidate,
      failure,
    });
  else
    changeServiceDeployment(ecs, failed.serviceDeploymentArn, 'STOPPED', {
      statusReason: words.stopped,
      failure,
    });
}

/**
 * What is rolled back to is IN_PROGRESS again, so it is no candidate until it has completed once more.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
function rollBack(
  ecs: Ecs,
  service: ServiceRecord,
  failed: DeploymentRecord,
  target: DeploymentRecord,
  cause: FailureCause,
): void {
  const words = failureWords[cause];
  const updatedAt = ecs.now();
  const again: DeploymentRecord = {
    ...target,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: words.rollingBack(target.id),
    failedTasks: 0,
    failedStarts: 0,
    retryAt: undefined,
    bakesSince: undefined,
    updatedAt,
  };
  const { alarms: _asked, ...primary } = again;
  const others = service.deployments
    .filter(({ id }) => id !== target.id)
    .map((one): DeploymentRecord =>
      one.id === failed.id
        ? { ...one, status: 'ACTIVE', rolloutState: 'FAILED', rolloutStateReason: words.failed, updatedAt }
        : one,
    );
  ecs.tables.services.patch(service.arn, { deployments: [primary, ...others], lastCompleted: undefined });
  changeServiceDeployment(ecs, failed.serviceDeploymentArn, 'ROLLBACK_IN_PROGRESS', {
    statusReason: words.rolledBack,
    rollback: { reason: words.rolledBack, startedAt: updatedAt, revisionArn: target.revisionArn },
    failure: { cause, failedTasks: failed.failedTasks },
  });
  addServiceEvent(ecs, service.arn, `rolling back to deployment ${target.id}.`);
}
