import type { Task } from '@aws-sdk/client-ecs';
import { nearest } from '../../common/nearest.ts';
import { InputError, OperationError } from '../../common/problem.ts';
import type { Forward } from '../forward/model.ts';
import type { Container } from '../runtime/runtime.ts';
import type { Region } from '../region.ts';
import type { ExecRequest, ServiceStatus, StackStatus, TaskStatus } from './protocol.ts';
import { urlsOf } from './urls.ts';

/** A service of a stack: its short name is its task definition's first container, as the compose file calls it. */
export interface StackService {
  readonly name: string;
  readonly arn: string;
  readonly cluster: string;
}

/** What `fairway status` shows, from the region's own Describe calls. Rejects where there is no such stack. */
export async function describeStackStatus(
  region: Region,
  stackName: string,
  forwards: readonly Forward[] = [],
): Promise<StackStatus> {
  const resources = await stackResources(region, stackName);
  const { Stacks } = await region.api.cloudformation.DescribeStacks({ StackName: stackName });
  const listeners = resources.filter(({ type }) => type === 'AWS::ElasticLoadBalancingV2::Listener');
  const services = await stackServices(region, stackName);
  return {
    stack: stackName,
    state: Stacks?.[0]?.StackStatus ?? 'UNKNOWN',
    urls: await urlsOf(
      region,
      listeners.map(({ physicalId }) => physicalId),
    ),
    services: await Promise.all(services.map((service) => serviceStatus(region, service))),
    forwards,
  };
}

export interface StackResource {
  readonly type: string;
  readonly physicalId: string;
}

export async function stackResources(region: Region, stackName: string): Promise<StackResource[]> {
  const { Stacks = [] } = await region.api.cloudformation.DescribeStacks({});
  if (!Stacks.some((stack) => stack.StackName === stackName))
    throw new OperationError({
      code: 'no-such-stack',
      message: `${stackName} does not run here`,
      fix:
        Stacks.length > 0
          ? `start it (fairway up), or name one that runs with -p: ${Stacks.map((stack) => stack.StackName).join(', ')}`
          : 'start it: fairway up',
    });
  const resources: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await region.api.cloudformation.ListStackResources({
      StackName: stackName,
      ...(NextToken ? { NextToken } : {}),
    });
    for (const { ResourceType, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? [])
      // A stack that was rolled back goes on listing what it deleted.
      if (PhysicalResourceId && ResourceStatus !== 'DELETE_COMPLETE')
        resources.push({ type: ResourceType ?? '', physicalId: PhysicalResourceId });
    NextToken = page.NextToken;
  } while (NextToken);
  return resources;
}

/** The ECS services of a stack, by name. */
export async function stackServices(region: Region, stackName: string): Promise<readonly StackService[]> {
  const arns = (await stackResources(region, stackName))
    .filter(({ type }) => type === 'AWS::ECS::Service')
    .map(({ physicalId }) => physicalId);
  const services = await Promise.all(
    arns.map(async (arn): Promise<StackService | undefined> => {
      const cluster = clusterOf(arn);
      const { services: [service] = [] } = await region.api.ecs.DescribeServices({
        cluster,
        services: [arn],
      });
      if (!service?.taskDefinition) return undefined;
      const { taskDefinition } = await region.api.ecs.DescribeTaskDefinition({
        taskDefinition: service.taskDefinition,
      });
      return { name: taskDefinition?.containerDefinitions?.[0]?.name ?? service.serviceName!, arn, cluster };
    }),
  );
  return services.filter((service) => service !== undefined).sort((a, b) => a.name.localeCompare(b.name));
}

/** `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME` */
const clusterOf = (serviceArn: string): string => serviceArn.split('/')[1] ?? 'default';

async function serviceStatus(region: Region, { name, arn, cluster }: StackService): Promise<ServiceStatus> {
  const { services: [service] = [] } = await region.api.ecs.DescribeServices({ cluster, services: [arn] });
  const tasks = (await tasksOf(region, { name, arn, cluster })).map((task): TaskStatus => ({
    id: taskId(task),
    address: taskAddress(task) ?? '',
    lastStatus: task.lastStatus ?? 'UNKNOWN',
    health: healthOf(region, task, service?.loadBalancers ?? []),
  }));
  const scaling = await scalingOf(region, service?.clusterArn ?? cluster, service?.serviceName ?? name);
  return {
    name,
    desired: service?.desiredCount ?? 0,
    ...(scaling ? { scaling } : {}),
    running: service?.runningCount ?? 0,
    healthy: tasks.filter(({ lastStatus, health }) => lastStatus === 'RUNNING' && health === 'HEALTHY')
      .length,
    tasks,
  };
}

async function scalingOf(
  region: Region,
  cluster: string,
  service: string,
): Promise<ServiceStatus['scaling']> {
  const { ScalableTargets: [target] = [] } = await region.api.applicationautoscaling.DescribeScalableTargets({
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceIds: [`service/${cluster.split('/').at(-1)!}/${service}`],
  });
  return target && { min: target.MinCapacity ?? 0, max: target.MaxCapacity ?? 0 };
}

export async function tasksOf(region: Region, { arn, cluster }: StackService): Promise<readonly Task[]> {
  const serviceName = arn.split('/').at(-1)!;
  const tasks: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await region.api.ecs.ListTasks({
      cluster,
      serviceName,
      ...(nextToken ? { nextToken } : {}),
    });
    tasks.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const described: Task[] = [];
  for (let index = 0; index < tasks.length; index += 100)
    described.push(
      ...((await region.api.ecs.DescribeTasks({ cluster, tasks: tasks.slice(index, index + 100) })).tasks ??
        []),
    );
  return described.sort((a, b) => taskId(a).localeCompare(taskId(b)));
}

export const taskId = ({ taskArn = '' }: Task): string => taskArn.split('/').at(-1)!;

export function taskAddress({ attachments = [] }: Task): string | undefined {
  return attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === 'privateIPv4Address')
    ?.value;
}

/**
 * One word for a task: what its health check says, and its load balancer; a task with neither is healthy while it runs.
 * ECS itself says UNKNOWN of a container without a health check:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
function healthOf(
  region: Region,
  task: Task,
  loadBalancers: readonly { targetGroupArn?: string | undefined; containerPort?: number | undefined }[],
): string {
  if (task.lastStatus !== 'RUNNING') return 'UNKNOWN';
  if (task.healthStatus === 'UNHEALTHY') return 'UNHEALTHY';
  const hasCheck = task.containers?.some(({ healthStatus }) => healthStatus && healthStatus !== 'UNKNOWN');
  if (hasCheck && task.healthStatus !== 'HEALTHY') return 'UNKNOWN';
  const address = taskAddress(task);
  for (const { targetGroupArn, containerPort } of loadBalancers) {
    if (!targetGroupArn || containerPort === undefined || !address) continue;
    const state = region.internal.elbv2.targetState(targetGroupArn, address, containerPort)?.state;
    if (state !== 'healthy') return state === 'unhealthy' ? 'UNHEALTHY' : 'UNKNOWN';
  }
  return 'HEALTHY';
}

export function noSuchService(
  stack: string,
  wanted: string,
  services: readonly Pick<StackService, 'name'>[],
): InputError {
  const names = services.map(({ name }) => name);
  const near = nearest(wanted, names);
  return new InputError([
    {
      code: 'no-such-service',
      message: `${stack} has no service "${wanted}"`,
      fix: near
        ? `write ${near}`
        : names.length > 0
          ? `its services are ${names.join(', ')}`
          : 'it has no service now: see fairway status',
    },
  ]);
}

/** The container that an exec names; rejects with what there is instead. */
export async function findContainer(region: Region, wanted: ExecRequest): Promise<Container> {
  const services = await stackServices(region, wanted.stack);
  const service = services.find(({ name }) => name === wanted.service);
  if (!service) throw noSuchService(wanted.stack, wanted.service, services);
  const running = (await tasksOf(region, service)).filter(({ lastStatus }) => lastStatus === 'RUNNING');
  const task = running.find((candidate) => taskId(candidate).startsWith(wanted.task ?? ''));
  const container = task && region.internal.ecs.container(taskId(task), service.name);
  if (!container)
    throw new OperationError({
      code: 'no-running-task',
      message: `service ${wanted.service} has no running task${wanted.task ? ` "${wanted.task}"` : ''}`,
      fix: `see: fairway status, fairway logs ${wanted.service}`,
    });
  return container;
}
