import { newDeploymentId, newRevisionId, newServiceDeploymentId } from './ids.ts';
import { changeServiceDeployment } from './scheduler/rollout.ts';
import type { DeploymentRecord, Ecs, Revision, ServiceRecord } from './state.ts';

type Owner = Pick<
  ServiceRecord,
  'arn' | 'name' | 'clusterName' | 'clusterArn' | 'deployments' | 'deploymentConfiguration'
>;

/**
 * The newest deployment of a service: the ones before go on until it has taken over.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
 */
export function newDeployment(ecs: Ecs, service: Owner, revision: Revision): readonly DeploymentRecord[] {
  const { arns, tables, now } = ecs;
  const { clusterName, name, deploymentConfiguration: configuration } = service;
  const id = newDeploymentId();
  const at = now();
  const deployment: DeploymentRecord = {
    id,
    status: 'PRIMARY',
    revision,
    revisionArn: arns.serviceRevision(clusterName, name, newRevisionId()),
    serviceDeploymentArn: arns.serviceDeployment(clusterName, name, newServiceDeploymentId()),
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    completed: false,
    failedTasks: 0,
    createdAt: at,
    updatedAt: at,
  };
  const before = service.deployments.map((one): DeploymentRecord => ({ ...one, status: 'ACTIVE' }));
  // There is no queue: what is under way, a rollback too, ends here.
  for (const { arn, serviceArn } of tables.serviceDeployments.values())
    if (serviceArn === service.arn)
      changeServiceDeployment(ecs, arn, 'STOPPED', {
        statusReason: `Service deployment stopped: superseded by ${id}.`,
      });
  tables.serviceRevisions.put(deployment.revisionArn, {
    arn: deployment.revisionArn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    revision,
    createdAt: at,
  });
  tables.serviceDeployments.put(deployment.serviceDeploymentArn, {
    arn: deployment.serviceDeploymentArn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    deploymentId: id,
    status: 'IN_PROGRESS',
    targetRevisionArn: deployment.revisionArn,
    sourceRevisionArns: before.map(({ revisionArn }) => revisionArn),
    configuration,
    createdAt: at,
    updatedAt: at,
  });
  return [deployment, ...before];
}
