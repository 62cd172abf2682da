import type { ResourceStatus, StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { systemClock } from '../common/clock.ts';
import { reasonOf, watchServices } from './stopped-tasks.ts';
import type { Target } from './target.ts';

const began = new Date('2026-01-01T00:00:00Z');
const arn = 'arn:aws:ecs:us-east-1:000000000000:service/jobs/api';

function task(id: string, seconds: number, stoppedReason: string): Task {
  return {
    taskArn: `arn:aws:ecs:us-east-1:000000000000:task/jobs/${id}`,
    taskDefinitionArn: 'api:1',
    createdAt: new Date(began.getTime() + seconds * 1000),
    lastStatus: 'STOPPED',
    stoppedReason,
  };
}

function watch(tasks: readonly Task[]) {
  const notes: string[] = [];
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    ListTasks: () => ({ taskArns: tasks.map(({ taskArn }) => taskArn) }),
    DescribeTasks: () => ({ tasks }),
    DescribeTaskDefinition: () => ({
      taskDefinition: {
        containerDefinitions: [
          {
            name: 'api',
            logConfiguration: { options: { 'awslogs-group': 'logs', 'awslogs-stream-prefix': 'p' } },
          },
        ],
      },
    }),
    GetLogEvents: ({ logStreamName }) => ({ events: [{ message: `said in ${String(logStreamName)}` }] }),
  };
  const send = async (call: { constructor: { name: string }; input: Record<string, unknown> }) =>
    answers[call.constructor.name.replace(/Command$/, '')]!(call.input);
  const target = {
    ecs: async () => ({ send }) as unknown as ECSClient,
    logs: async () => ({ send }) as unknown as CloudWatchLogsClient,
    clock: systemClock,
    pollInterval: 1,
  } as unknown as Target;
  return { notes, watched: watchServices(target, { event() {}, note: (text) => void notes.push(text) }) };
}

const event = (ResourceStatus: ResourceStatus): StackEvent => ({
  StackId: 'stack',
  EventId: ResourceStatus,
  StackName: 'jobs',
  ResourceType: 'AWS::ECS::Service',
  LogicalResourceId: 'Api',
  PhysicalResourceId: arn,
  ResourceStatus,
  Timestamp: began,
});

test('of a service that fails, the first task that this operation started is told, and what it said', async () => {
  const { notes, watched } = watch([
    task('late', 9, 'late'),
    task('first', 2, 'Essential container in task exited'),
    task('before', -5, 'of the last deployment'),
    task('scaled', 1, 'Scaling activity initiated by (deployment x)'),
  ]);
  watched.event(event('CREATE_IN_PROGRESS'));
  watched.event(event('CREATE_FAILED'));
  await watched.look();
  expect(watched.of('Api')).toEqual({
    reason: 'Essential container in task exited',
    lastLines: ['said in p/api/first'],
  });
  expect(notes).toEqual(['a task of Api stopped: Essential container in task exited']);
});

test('what the rollback stops is not taken for a cause', async () => {
  const tasks: Task[] = [];
  const { watched } = watch(tasks);
  watched.event(event('UPDATE_IN_PROGRESS'));
  watched.event(event('UPDATE_FAILED'));
  await watched.look();
  tasks.push(task('rolled-back', 3, 'Task stopped by rollback'));
  for (let look = 0; look < 30; look++) await watched.look();
  expect(watched.of('Api')).toBeUndefined();
});

test('the reason holds what is known of each container', () => {
  expect(
    reasonOf({
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'api', exitCode: 137, reason: 'OutOfMemoryError' }, { name: 'log' }],
    }),
  ).toBe('Essential container in task exited; api ended with exit code 137: OutOfMemoryError');
  expect(
    reasonOf({ stoppedReason: 'CannotStart', containers: [{ name: 'api', reason: 'CannotStart' }] }),
  ).toBe('CannotStart');
});

test('names a target group as the template does', async () => {
  const group = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/a/b';
  const { watched } = watch([task('a', 1, `Task failed ELB health checks in (target-group ${group})`)]);
  watched.event({
    ...event('CREATE_COMPLETE'),
    ResourceType: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    LogicalResourceId: 'ApiTargetGroup9229',
    PhysicalResourceId: group,
  });
  watched.event(event('CREATE_IN_PROGRESS'));
  watched.event(event('CREATE_FAILED'));
  await watched.look();
  expect(watched.of('Api')!.reason).toBe(
    'Task failed ELB health checks in (target-group ApiTargetGroup9229)',
  );
});
