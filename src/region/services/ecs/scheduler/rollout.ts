import { addServiceEvent } from '../service-events.ts';
import type { DeploymentRecord, Ecs, ServiceDeploymentRecord, ServiceRecord } from '../state.ts';

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

export function changeServiceDeployment(
  { tables, now }: Ecs,
  arn: string,
  status: ServiceDeploymentRecord['status'],
  more: Partial<ServiceDeploymentRecord> = {},
): void {
  if (!tables.serviceDeployments.has(arn)) return;
  const finished = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'].includes(status);
  tables.serviceDeployments.patch(arn, {
    status,
    updatedAt: now(),
    ...(finished ? { finishedAt: now() } : {}),
    ...more,
  });
}

/** Steady state. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
export function completeDeployment(ecs: Ecs, service: ServiceRecord, primary: DeploymentRecord): void {
  const { tables } = ecs;
  const completed: DeploymentRecord = {
    ...primary,
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${primary.id} completed.`,
    completed: true,
    updatedAt: ecs.now(),
  };
  tables.services.patch(service.arn, { deployments: [completed], lastCompleted: completed });
  changeServiceDeployment(ecs, primary.serviceDeploymentArn, 'SUCCESSFUL');
  for (const { arn, serviceArn, status } of tables.serviceDeployments.values())
    if (serviceArn === service.arn && status === 'ROLLBACK_IN_PROGRESS')
      changeServiceDeployment(ecs, arn, 'ROLLBACK_SUCCESSFUL');
  addServiceEvent(ecs, service.arn, `(deployment ${primary.id}) deployment completed.`);
}

/**
 * The circuit breaker: the deployment has FAILED and starts nothing more; with rollback, the last one that completed is the newest again.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function failDeployment(ecs: Ecs, service: ServiceRecord, failed: DeploymentRecord): void {
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  addServiceEvent(ecs, service.arn, `(deployment ${failed.id}) deployment failed: tasks failed to start.`);
  const target = service.lastCompleted;
  const rollback =
    service.deploymentConfiguration.circuitBreaker.rollback && target && target.id !== failed.id;
  if (!rollback) {
    changeDeployment(ecs, service.arn, failed.id, { rolloutState: 'FAILED', rolloutStateReason: reason });
    changeServiceDeployment(ecs, failed.serviceDeploymentArn, 'STOPPED', { statusReason: reason });
    return;
  }
  const rolling = `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`;
  const at = ecs.now();
  ecs.tables.services.patch(service.arn, {
    deployments: [
      {
        ...target,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: rolling,
        failedTasks: 0,
        retryAt: undefined,
        updatedAt: at,
      },
      ...service.deployments
        .filter(({ id }) => id !== target.id)
        .map((one): DeploymentRecord =>
          one.id === failed.id
            ? { ...one, status: 'ACTIVE', rolloutState: 'FAILED', rolloutStateReason: rolling, updatedAt: at }
            : one,
        ),
    ],
  });
  changeServiceDeployment(ecs, failed.serviceDeploymentArn, 'ROLLBACK_IN_PROGRESS', {
    statusReason: reason,
    rollback: { reason, startedAt: at, revisionArn: target.revisionArn },
  });
  addServiceEvent(ecs, service.arn, `rolling back to deployment ${target.id}.`);
}
