import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { ECSClient, ServiceEvent, Task } from '@aws-sdk/client-ecs';
import { causeKey, checksFor } from './causes.ts';
import { lastLines } from './last-lines.ts';
import type { Observer, ServiceFailure } from './observer.ts';
import type { Target } from './target.ts';

/** Looks on while services come up, and tells why their tasks do not stay: each cause once. */
export interface ServiceWatch {
  /** Told each event, in order. */
  event(event: StackEvent): void;
  look(): Promise<void>;
  /** The first failure of a service. */
  of(logicalId: string): ServiceFailure | undefined;
  /** The first of all. */
  first(): ServiceFailure | undefined;
}

interface Coming {
  readonly logicalId: string;
  readonly arn: string;
  readonly since: number;
  readonly seen: Set<string>;
}

/** A look at the tasks comes after as many polls of the stack, and takes no more than a part of the time. */
const POLLS = 3;
const SHARE = 5;
/** Causes of one service that are told: what is behind them is the same. */
const MOST_CAUSES = 4;

/**
 * CloudFormation says of a service that fails only that its circuit breaker was triggered; ECS knows of each task why it
 * stopped, and the log what the program said. Both go with the rollback, so they are asked for as it happens.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html
 */
export function watchServices(target: Target, observer: Observer): ServiceWatch {
  const coming = new Map<string, Coming>();
  const failures: ServiceFailure[] = [];
  const targetGroups = new Map<string, string>();
  /** A target group by the name that it has in the template, which people know. */
  const named = (reason: string) =>
    [...targetGroups]
      .reduce((text, [arn, logicalId]) => text.replaceAll(arn, logicalId), reason)
      .replaceAll(/arn:\S+:targetgroup\/([^/\s]+)\/\w+/g, '$1');
  let nextLook = 0;
  let failing = false;

  async function lookAt(service: Coming): Promise<void> {
    const { logicalId } = service;
    for (const { reason, task } of await fresh(target, service)) {
      const known = failures.filter((failure) => failure.logicalId === logicalId);
      const text = named(reason);
      if (known.length >= MOST_CAUSES || known.some((one) => causeKey(one.reason) === causeKey(text)))
        continue;
      const lines = task ? await lastLines(target, task).catch(() => []) : [];
      const failure = { logicalId, reason: text, lastLines: lines, checks: checksFor(text, lines) };
      failures.push(failure);
      if (observer.failed) observer.failed(failure);
      else observer.note(`a task of ${logicalId} stopped: ${text}`);
    }
  }

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
            seen: new Set(),
          });
      } else if (ResourceStatus.endsWith('_FAILED')) failing = true;
      // Behind a failure comes the rollback, which may be over at the next look.
      else if (!failing) coming.delete(LogicalResourceId);
    },
    async look() {
      const began = target.clock.now();
      if (coming.size === 0 || (!failing && began < nextLook)) return;
      // What explains a failure must not be one.
      await Promise.all([...coming.values()].map((service) => lookAt(service).catch(() => undefined)));
      const took = target.clock.now() - began;
      nextLook = began + took + Math.max(POLLS * target.pollInterval, SHARE * took);
      // What stops from here on is taken down by the rollback.
      if (failing) coming.clear();
    },
    of: (logicalId) => failures.find((failure) => failure.logicalId === logicalId),
    first: () => failures[0],
  };
}

interface Trouble {
  readonly reason: string;
  readonly task?: Task;
}

/** What has not been seen of a service: its tasks that stopped, the first first, and those that could not be started. */
async function fresh(target: Target, { arn, since, seen }: Coming): Promise<readonly Trouble[]> {
  const { ListTasksCommand, DescribeTasksCommand, DescribeServicesCommand } =
    await import('@aws-sdk/client-ecs');
  const ecs: ECSClient = await target.ecs();
  const [, cluster = 'default', serviceName] = arn.split('/');
  const [{ taskArns = [] }, { services: [service] = [] }] = await Promise.all([
    ecs.send(new ListTasksCommand({ cluster, serviceName, desiredStatus: 'STOPPED' })),
    ecs.send(new DescribeServicesCommand({ cluster, services: [arn] })).catch(() => ({ services: [] })),
  ]);
  const events = (service?.events ?? []).filter(({ createdAt }) => (createdAt?.getTime() ?? 0) >= since);
  const unseen = taskArns.filter((taskArn) => !seen.has(taskArn));
  const { tasks = [] } =
    unseen.length === 0 ? {} : await ecs.send(new DescribeTasksCommand({ cluster, tasks: unseen }));
  const stopped = tasks
    .filter(({ lastStatus }) => lastStatus === 'STOPPED')
    .sort((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0));
  for (const { taskArn = '' } of stopped) seen.add(taskArn);
  return [
    ...stopped
      .filter(
        ({ createdAt, stoppedReason = '' }) =>
          (createdAt?.getTime() ?? 0) >= since && !stoppedReason.startsWith('Scaling activity'),
      )
      .map((task) => ({ reason: reasonOf(withHealth(task, events)), task })),
    ...events.flatMap(({ id = '', message = '' }) => {
      const reason = launchFailure(message);
      if (reason === undefined || seen.has(id)) return [];
      seen.add(id);
      return [{ reason }];
    }),
  ];
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

/**
 * What the load balancer saw stands in the service's event, not in the task's reason: "(service s) (port 80) is unhealthy in
 * (target-group t) due to (reason Health checks failed with these codes: [404])".
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
function withHealth(task: Task, events: readonly ServiceEvent[]): Task {
  if (!/failed ELB health checks/.test(task.stoppedReason ?? '')) return task;
  const why = events
    .map(({ message = '' }) => /is unhealthy in .* due to \(reason (.*?)\)\.?$/.exec(message)?.[1])
    .find((text) => text !== undefined);
  return why === undefined ? task : { ...task, stoppedReason: `${task.stoppedReason}: ${why}` };
}

/** Tasks that could not be started leave no stopped task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const launchFailure = (message: string): string | undefined =>
  /\) (failed to launch a task with \(error .*\)|was unable to (?:place|start) a task.*?)\.?$/.exec(
    message,
  )?.[1];
