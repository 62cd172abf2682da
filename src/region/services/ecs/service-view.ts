import type * as sdk from '@aws-sdk/client-ecs';
import type { DeploymentRecord, Ecs, Revision, ServiceRecord, TaskRecord } from './state.ts';
import { tagsOf } from './tags.ts';
import { isPending } from './task-status.ts';

const running = (tasks: readonly TaskRecord[]): number =>
  tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
const pending = (tasks: readonly TaskRecord[]): number =>
  tasks.filter(({ lastStatus }) => isPending(lastStatus)).length;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export function viewService(
  ecs: Ecs,
  service: ServiceRecord,
  include: readonly sdk.ServiceField[] = [],
): sdk.Service {
  const tasks = [...ecs.tables.tasks.values()].filter(({ serviceArn }) => serviceArn === service.arn);
  const [primary] = service.deployments;
  const revision = (primary ?? service.lastCompleted)?.revision;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: running(tasks),
    pendingCount: pending(tasks),
    ...(revision ? deployable(revision) : {}),
    loadBalancers: [...(revision?.loadBalancers ?? [])],
    serviceRegistries: [...(revision?.serviceRegistries ?? [])],
    deploymentConfiguration: viewConfiguration(service.deploymentConfiguration),
    deployments: service.deployments.map((deployment) => viewDeployment(service, deployment, tasks)),
    events: [...(ecs.tables.serviceEvents.get(service.arn)?.events ?? [])],
    createdAt: service.createdAt,
    currentServiceDeployment: currentDeployment(ecs, service),
    currentServiceRevisions: service.deployments.map((deployment) => {
      const own = tasks.filter(({ deploymentId }) => deploymentId === deployment.id);
      return {
        arn: deployment.revisionArn,
        requestedTaskCount: own.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length,
        runningTaskCount: running(own),
        pendingTaskCount: pending(own),
      };
    }),
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: service.gracePeriodSeconds,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: service.enableManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: 'DISABLED',
    ...(include.includes('TAGS') ? { tags: tagsOf(ecs, service.arn) } : {}),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export function viewConfiguration({
  minimumHealthyPercent,
  maximumPercent,
  circuitBreaker,
  alarms,
}: ServiceRecord['deploymentConfiguration']): sdk.DeploymentConfiguration {
  const { enable, rollback, resetOnHealthyTask, threshold } = circuitBreaker;
  return {
    minimumHealthyPercent,
    maximumPercent,
    deploymentCircuitBreaker: {
      enable,
      rollback,
      resetOnHealthyTask,
      ...(threshold ? { thresholdConfiguration: threshold } : {}),
    },
    ...(alarms ? { alarms: { ...alarms, alarmNames: [...alarms.alarmNames] } } : {}),
    strategy: 'ROLLING',
  };
}

/** The newest: also while what it failed to bring is rolled back. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
const currentDeployment = ({ tables }: Ecs, { arn }: ServiceRecord): string | undefined =>
  [...tables.serviceDeployments.values()].findLast(({ serviceArn }) => serviceArn === arn)?.arn;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
function viewDeployment(
  service: ServiceRecord,
  deployment: DeploymentRecord,
  tasks: readonly TaskRecord[],
): sdk.Deployment {
  const own = tasks.filter(({ deploymentId }) => deploymentId === deployment.id);
  const kept = own.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
  return {
    id: deployment.id,
    status: deployment.status,
    ...deployable(deployment.revision),
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : kept,
    pendingCount: pending(own),
    runningCount: running(own),
    failedTasks: deployment.failedTasks,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
  };
}

export const deployable = (
  revision: Revision,
): Pick<
  sdk.Service & sdk.Deployment,
  | 'taskDefinition'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'platformFamily'
  | 'networkConfiguration'
> => ({
  taskDefinition: revision.taskDefinitionArn,
  ...(revision.capacityProvider
    ? { capacityProviderStrategy: [{ capacityProvider: revision.capacityProvider, weight: 1, base: 0 }] }
    : { launchType: 'FARGATE' as const }),
  platformVersion: revision.platformVersion,
  platformFamily: 'Linux',
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [...revision.subnetIds],
      securityGroups: [...revision.groupIds],
      assignPublicIp: revision.assignPublicIp ? 'ENABLED' : 'DISABLED',
    },
  },
});
