import type { ResourceStatus, StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient, Task } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { systemClock } from '../common/clock.ts';
import type { ServiceFailure } from './observer.ts';
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

function watch(tasks: readonly Task[], serviceEvents: readonly string[] = []) {
  const failures: ServiceFailure[] = [];
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    ListTasks: () => ({ taskArns: tasks.map(({ taskArn }) => taskArn) }),
    DescribeTasks: ({ tasks: wanted }) => ({
      tasks: tasks.filter(({ taskArn }) => (wanted as string[]).includes(taskArn!)),
    }),
    DescribeServices: () => ({
      services: [
        {
          events: serviceEvents.map((message) => ({
            id: message,
            message,
            createdAt: new Date(began.getTime() + 1000),
          })),
        },
      ],
    }),
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
    pollInterval: 0,
  } as unknown as Target;
  const observer = {
    event() {},
    note() {},
    failed: (failure: ServiceFailure) => void failures.push(failure),
  };
  return { failures, watched: watchServices(target, observer) };
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
  const { failures, watched } = watch([
    task('late', 9, 'late'),
    task('first', 2, 'Essential container in task exited'),
    task('before', -5, 'of the last deployment'),
    task('scaled', 1, 'Scaling activity initiated by (deployment x)'),
  ]);
  watched.event(event('CREATE_IN_PROGRESS'));
  watched.event(event('CREATE_FAILED'));
  await watched.look();
  expect(watched.of('Api')).toEqual({
    logicalId: 'Api',
    reason: 'Essential container in task exited',
    lastLines: ['said in p/api/first'],
    checks: [],
  });
  expect(failures.map(({ reason }) => reason)).toEqual(['Essential container in task exited', 'late']);
});

test('each cause is told once, while the deployment goes on', async () => {
  const tasks: Task[] = [];
  const { failures, watched } = watch(tasks);
  const looks = async () => {
    for (let look = 0; look < 30; look++) {
      await watched.look();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  watched.event(event('UPDATE_IN_PROGRESS'));
  await looks();
  expect(failures).toEqual([]);
  const elb = (id: string, seconds: number) =>
    task(id, seconds, 'Task failed ELB health checks in (target-group x)');
  tasks.push(task('one', 1, 'Essential container in task exited'));
  await looks();
  tasks.push(task('two', 2, 'Essential container in task exited'), elb('three', 3), elb('four', 4));
  await looks();
  expect(failures.map(({ reason, lastLines: lines }) => [reason, ...lines])).toEqual([
    ['Essential container in task exited', 'said in p/api/one'],
    ['Task failed ELB health checks in (target-group x)', 'said in p/api/three'],
  ]);
  expect(watched.first()?.lastLines).toEqual(['said in p/api/one']);
});

test('what the rollback has made good at the same look is told all the same', async () => {
  const { watched } = watch([task('a', 1, 'Essential container in task exited')]);
  for (const status of [
    'UPDATE_IN_PROGRESS',
    'UPDATE_FAILED',
    'UPDATE_IN_PROGRESS',
    'UPDATE_COMPLETE',
  ] as const)
    watched.event(event(status));
  await watched.look();
  expect(watched.first()?.reason).toBe('Essential container in task exited');
});

test('tells what the load balancer saw, tasks that could not be started, and the checks that look for it', async () => {
  const { failures, watched } = watch(
    [task('a', 1, 'Task failed ELB health checks in (target-group x)')],
    [
      '(service api) (port 80) is unhealthy in (target-group x) due to (reason Health checks failed with these codes: [404]).',
      '(service api) failed to launch a task with (error ECS was unable to assume the role r that was provided for this task).',
      '(service api) has started 1 tasks: (task 1).',
    ],
  );
  watched.event(event('CREATE_IN_PROGRESS'));
  watched.event(event('CREATE_FAILED'));
  await watched.look();
  expect(failures.map(({ reason, checks }) => `${reason} → ${checks[0]}`)).toEqual([
    'Task failed ELB health checks in (target-group x): Health checks failed with these codes: [404] → health-check-never-passes',
    'failed to launch a task with (error ECS was unable to assume the role r that was provided for this task) → role-trust',
  ]);
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
