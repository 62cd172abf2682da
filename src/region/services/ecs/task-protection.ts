import type * as sdk from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { findCluster } from './clusters.ts';
import { invalidParameter } from './errors.ts';
import { nameOf } from './ids.ts';
import type { ClusterRecord, Ecs, Sdk, TaskRecord } from './state.ts';
import { changeTask } from './task-status.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
const usualMinutes = 120;
const mostMinutes = 2880;

/** What both operations answer. */
export interface Protection {
  readonly protectedTasks: sdk.ProtectedTask[];
  readonly failures: sdk.Failure[];
}

/** Milliseconds for which a task is still protected; 0 where it is not. */
export const protectionOf = (
  { region }: Pick<Ecs, 'region'>,
  { protectedUntil, desiredStatus }: TaskRecord,
): number =>
  protectedUntil && desiredStatus === 'RUNNING'
    ? Math.max(0, protectedUntil.getTime() - region.clock.now())
    : 0;

export const taskProtectionHandlers = (ecs: Ecs): Handlers<Sdk> => ({
  UpdateTaskProtection: (input) => updateTaskProtection(ecs, input),
  GetTaskProtection: (input) => getTaskProtection(ecs, input),
});

function view(ecs: Ecs, task: TaskRecord): sdk.ProtectedTask {
  const isProtected = protectionOf(ecs, task) > 0;
  return {
    taskArn: task.arn,
    protectionEnabled: isProtected,
    expirationDate: isProtected ? task.protectedUntil : undefined,
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
function sort({ tables, arns }: Ecs, cluster: ClusterRecord, wanted: readonly string[]) {
  const tasks: TaskRecord[] = [];
  const failures: sdk.Failure[] = [];
  for (const one of wanted) {
    const task = tables.tasks.get(nameOf(one));
    if (!task || task.clusterArn !== cluster.arn || task.lastStatus === 'STOPPED')
      failures.push({ arn: arns.task(cluster.name, nameOf(one)), reason: 'MISSING' });
    else if (!task.serviceArn) failures.push({ arn: task.arn, reason: 'TASK_NOT_VALID' });
    else tasks.push(task);
  }
  return { tasks, failures };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
export function updateTaskProtection(ecs: Ecs, input: sdk.UpdateTaskProtectionRequest): Protection {
  const { tasks: wanted = [], protectionEnabled, expiresInMinutes: minutes = usualMinutes } = input;
  if (wanted.length === 0 || wanted.length > 10) throw invalidParameter('tasks must have 1 to 10 items.');
  if (protectionEnabled === undefined) throw invalidParameter('protectionEnabled can not be blank.');
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes)
    throw invalidParameter(`expiresInMinutes ${minutes} is not within 1 to ${mostMinutes}.`);
  const { tasks, failures } = sort(ecs, findCluster(ecs, input.cluster), wanted);
  const protectedUntil = protectionEnabled ? new Date(ecs.region.clock.now() + minutes * 60_000) : undefined;
  const protectedTasks: sdk.ProtectedTask[] = [];
  for (const task of tasks)
    if (protectionEnabled && isBlocked(ecs, task))
      failures.push({ arn: task.arn, reason: 'DEPLOYMENT_BLOCKED' });
    else protectedTasks.push(view(ecs, changeTask(ecs, task.id, { protectedUntil })));
  return { protectedTasks, failures };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html */
export function getTaskProtection(ecs: Ecs, input: sdk.GetTaskProtectionRequest): Protection {
  if (input.tasks && input.tasks.length > 100) throw invalidParameter('tasks can have at most 100 items.');
  const cluster = findCluster(ecs, input.cluster);
  const ofServices = (): string[] =>
    [...ecs.tables.tasks.values()]
      .filter((task) => task.clusterArn === cluster.arn && task.serviceArn && task.lastStatus !== 'STOPPED')
      .map(({ id }) => id);
  const { tasks, failures } = sort(ecs, cluster, input.tasks?.length ? input.tasks : ofServices());
  return { protectedTasks: tasks.map((task) => view(ecs, task)), failures };
}

/** The service has more protected tasks than it wants tasks. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
function isBlocked(ecs: Ecs, task: TaskRecord): boolean {
  if (protectionOf(ecs, task) > 0) return false;
  const desired = ecs.tables.services.get(task.serviceArn ?? '')?.desiredCount ?? 0;
  const others = [...ecs.tables.tasks.values()].filter(
    (other) => other.serviceArn === task.serviceArn && protectionOf(ecs, other) > 0,
  );
  return others.length > desired;
}
