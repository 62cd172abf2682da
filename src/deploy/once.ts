import type { Stack } from '@aws-sdk/client-cloudformation';
import { DescribeTasksCommand, type ECSClient, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { sleep } from '../common/clock.ts';
import { OperationError } from '../common/problem.ts';
import type { Target } from './target.ts';

/** A task definition that runs to its end; what it needs is named by outputs of the stack. */
export interface OnceRequest {
  readonly service: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  /** Outputs that hold lists with commas. */
  readonly subnets: string;
  readonly securityGroups: string;
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}
export interface OnceResult {
  readonly service: string;
  readonly taskId: string;
  readonly exitCode: number | undefined;
  /** Why it stopped, where it did not simply end. */
  readonly reason: string | undefined;
}

/**
 * Runs a task and waits for its end. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @throws OperationError where it cannot be started
 */
export async function runOnce(target: Target, stack: Stack, wanted: OnceRequest): Promise<OnceResult> {
  const { service } = wanted;
  const output = (name: string): string => {
    const found = stack.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
    if (found === undefined)
      throw new OperationError({
        code: 'once-output-missing',
        message: `the stack ${stack.StackName} has no output ${name}, which ${service} needs to run`,
        fix: 'deploy it again',
      });
    return found;
  };
  const ecs = await target.ecs();
  const cluster = output(wanted.cluster);
  const { tasks: [task] = [], failures: [failure] = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: output(wanted.taskDefinition),
      launchType: 'FARGATE',
      startedBy: 'fairway',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: output(wanted.subnets).split(','),
          securityGroups: output(wanted.securityGroups).split(','),
          assignPublicIp: wanted.assignPublicIp,
        },
      },
    }),
  );
  if (!task?.taskArn)
    throw new OperationError({
      code: 'once-not-started',
      message: `${service} cannot be run: ${failure?.reason ?? 'no task was started'}${failure?.detail ? ` (${failure.detail})` : ''}`,
    });
  const ended = await endOf(target, ecs, cluster, task.taskArn);
  const container = ended.containers?.find(({ name }) => name === service);
  const failed = container?.exitCode !== 0;
  return {
    service,
    taskId: task.taskArn.split('/').at(-1) ?? task.taskArn,
    exitCode: container?.exitCode,
    reason: failed ? (container?.reason ?? ended.stoppedReason) : undefined,
  };
}

async function endOf(target: Target, ecs: ECSClient, cluster: string, taskArn: string): Promise<Task> {
  for (;;) {
    const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    if (!task || task.lastStatus === 'STOPPED') return task ?? {};
    await sleep(target.clock, target.pollInterval);
  }
}
