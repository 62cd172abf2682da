import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import type { Observer } from './observer.ts';
import type { Target } from './target.ts';

/** A task that a service started in this operation and that did not stay. */
export interface StoppedTask {
  readonly reason: string;
  /** The last that its programs said. */
  readonly lastLines: readonly string[];
}

/** Looks on while services come up, and remembers the first task of each that stopped. */
export interface ServiceWatch {
  /** Told each event, in order. */
  event(event: StackEvent): void;
  look(): Promise<void>;
  /** The first stopped task of a service. */
  of(logicalId: string): StoppedTask | undefined;
}

interface Coming {
  readonly logicalId: string;
  readonly arn: string;
  readonly since: number;
}

/** Between two looks at the tasks there are as many at the stack. */
const STACK_LOOKS = 10;
const LAST_LINES = 8;

/**
 * CloudFormation says of a service that fails only that its circuit breaker was triggered; ECS knows of each task why it
 * stopped, and the log what the program said. Both go with the rollback, so they are asked for as it happens.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
 */
export function watchServices(target: Target, observer: Observer): ServiceWatch {
  const coming = new Map<string, Coming>();
  const stopped = new Map<string, StoppedTask>();
  const targetGroups = new Map<string, string>();
  /** A target group by the name that it has in the template, which people know. */
  const named = (reason: string) =>
    [...targetGroups].reduce((text, [arn, logicalId]) => text.replaceAll(arn, logicalId), reason);
  let looks = 0;
  let failing = false;
  return {
    event({ ResourceType, ResourceStatus = '', LogicalResourceId = '', PhysicalResourceId, Timestamp }) {
      if (ResourceType === 'AWS::ElasticLoadBalancingV2::TargetGroup' && PhysicalResourceId)
        targetGroups.set(PhysicalResourceId, LogicalResourceId);
      if (ResourceType !== 'AWS::ECS::Service') return;
      if (/^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus) && PhysicalResourceId) {
        if (!coming.has(LogicalResourceId))
          coming.set(LogicalResourceId, {
            logicalId: LogicalResourceId,
            arn: PhysicalResourceId,
            since: Timestamp?.getTime() ?? 0,
          });
      } else if (ResourceStatus.endsWith('_FAILED')) failing = true;
      else coming.delete(LogicalResourceId);
    },
    async look() {
      const now = failing || ++looks % STACK_LOOKS === 0;
      const unknown = [...coming.values()].filter(({ logicalId }) => !stopped.has(logicalId));
      if (!now || unknown.length === 0) return;
      await Promise.all(
        unknown.map(async (service) => {
          // What explains a failure must not be one.
          const found = await firstStopped(target, service).catch(() => undefined);
          if (!found) return;
          const reason = named(found.reason);
          stopped.set(service.logicalId, { ...found, reason });
          observer.note(`a task of ${service.logicalId} stopped: ${reason}`);
        }),
      );
      // What stops from here on is taken down by the rollback.
      if (failing) coming.clear();
    },
    of: (logicalId) => stopped.get(logicalId),
  };
}

async function firstStopped(target: Target, { arn, since }: Coming): Promise<StoppedTask | undefined> {
  const { ListTasksCommand, DescribeTasksCommand } = await import('@aws-sdk/client-ecs');
  const ecs = await target.ecs();
  const [, cluster = 'default', serviceName] = arn.split('/');
  const { taskArns = [] } = await ecs.send(
    new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' }),
  );
  if (taskArns.length === 0) return undefined;
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  const [first] = tasks
    .filter(
      ({ createdAt, lastStatus, stoppedReason = '' }) =>
        lastStatus === 'STOPPED' &&
        (createdAt?.getTime() ?? 0) >= since &&
        !stoppedReason.startsWith('Scaling activity'),
    )
    .sort((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0));
  return (
    first && {
      reason: reasonOf(first),
      lastLines: await lastLines(target, ecs, first).catch(() => []),
    }
  );
}

/** ECS's words for the task, and what is known of its containers. */
export function reasonOf({ stoppedReason = 'no reason was given', containers = [] }: Task): string {
  const ends = containers.flatMap(({ name = '', exitCode, reason }) => {
    const known = [
      ...(exitCode === undefined ? [] : [`ended with exit code ${exitCode}`]),
      ...(reason === undefined || reason === stoppedReason ? [] : [reason]),
    ];
    return known.length > 0 ? [`${name} ${known.join(': ')}`] : [];
  });
  return [stoppedReason, ...ends].join('; ');
}

/** Of the streams that the awslogs driver names PREFIX/CONTAINER/TASK: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
async function lastLines(target: Target, ecs: ECSClient, task: Task): Promise<readonly string[]> {
  const [{ DescribeTaskDefinitionCommand }, { GetLogEventsCommand }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-cloudwatch-logs'),
  ]);
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: task.taskDefinitionArn }),
  );
  const logs: CloudWatchLogsClient = await target.logs();
  const id = task.taskArn!.split('/').at(-1)!;
  const pages = await Promise.all(
    (taskDefinition?.containerDefinitions ?? []).map(async ({ name, logConfiguration }) => {
      const { 'awslogs-group': group, 'awslogs-stream-prefix': prefix } = logConfiguration?.options ?? {};
      if (group === undefined || prefix === undefined) return [];
      const { events = [] } = await logs.send(
        new GetLogEventsCommand({
          logGroupName: group,
          logStreamName: `${prefix}/${name}/${id}`,
          limit: LAST_LINES,
        }),
      );
      return events.flatMap(({ message }) => (message === undefined ? [] : [message]));
    }),
  );
  return pages.flat();
}
