import type { Service, Task } from '@aws-sdk/client-ecs';
import type { Region } from '../../../region.ts';
import { orMissing, ResourceFailure } from '../engine/failure.ts';

/**
 * Why a service will not become what its template says, with the first of its tasks that stopped by itself.
 * https://repost.aws/articles/ARQJJetqfbSGq8hUxlBV9O8Q/ecs-deployment-circuit-breaker-was-triggered
 */
export async function deploymentFailure(
  region: Region,
  service: Service,
  definition: string | undefined,
): Promise<ResourceFailure> {
  const { serviceDeployments: [deployment] = [] } = service.currentServiceDeployment
    ? await region.api.ecs.DescribeServiceDeployments({
        serviceDeploymentArns: [service.currentServiceDeployment],
      })
    : {};
  const cause =
    deployment?.alarms?.status === 'TRIGGERED'
      ? 'ECS Deployment Alarm was triggered'
      : 'ECS Deployment Circuit Breaker was triggered';
  const first = await firstStopped(region, service, definition, deployment?.createdAt);
  return new ResourceFailure(
    `Error occurred during operation '${cause}'.${first ? ` ${told(first)}` : ''}`,
    'GeneralServiceException',
  );
}

async function firstStopped(
  region: Region,
  { clusterArn: cluster, serviceName }: Service,
  definition: string | undefined,
  since: Date | undefined,
): Promise<Task | undefined> {
  const { taskArns = [] } =
    (await orMissing(region.api.ecs.ListTasks({ cluster, serviceName, desiredStatus: 'STOPPED' }))) ?? {};
  if (taskArns.length === 0) return undefined;
  const { tasks = [] } = await region.api.ecs.DescribeTasks({ cluster, tasks: taskArns });
  const at = ({ stoppingAt, stoppedAt }: Task): number => (stoppingAt ?? stoppedAt)?.getTime() ?? 0;
  return tasks
    .filter(({ taskDefinitionArn }) => !definition || taskDefinitionArn === definition)
    .filter(({ createdAt }) => !since || !createdAt || createdAt >= since)
    .filter(({ stoppedReason = '' }) => stoppedReason !== '' && !stoppedReason.startsWith('Scaling activity'))
    .sort((a, b) => at(a) - at(b))[0];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
function told({ taskArn = '', stoppedReason, containers = [] }: Task): string {
  const ends = containers.flatMap(({ name, exitCode, reason }) =>
    exitCode === undefined && !reason
      ? []
      : [
          `container ${name}${exitCode === undefined ? '' : ` exited with code ${exitCode}`}${reason && reason !== stoppedReason ? `: ${reason}` : ''}`,
        ],
  );
  const known = ends.filter((end) => / exited with code |: /.test(end));
  return `First stopped task ${taskArn.split('/').at(-1)}: ${[stoppedReason, ...known].join('; ')}.`;
}
