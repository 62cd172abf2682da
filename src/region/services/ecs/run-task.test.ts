import { expect, test } from 'vitest';
import { testRegion, network } from './test-region.ts';
import { runOne } from './test-task.ts';

test('up to ten tasks at once, spread over the subnets, found by who started them', async () => {
  const { api } = await runOne();
  const run = (count: number, startedBy = 'batch') =>
    api.RunTask({
      cluster: 'jobs',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration: network,
      count,
      startedBy,
      group: 'nightly',
    });
  const { tasks = [], failures } = await run(10);
  expect(failures).toEqual([]);
  expect(tasks.map(({ availabilityZone }) => availabilityZone).sort()).toEqual([
    ...Array<string>(5).fill('us-east-1a'),
    ...Array<string>(5).fill('us-east-1b'),
  ]);
  expect(tasks[0]).toMatchObject({ group: 'nightly', startedBy: 'batch', lastStatus: 'PROVISIONING' });
  const { taskArns } = await api.ListTasks({ cluster: 'jobs', startedBy: 'batch' });
  expect(taskArns).toHaveLength(10);
  await expect(run(11)).rejects.toThrow('less than or equal to 10');
  await expect(run(0)).rejects.toThrow('greater than 0');
  await expect(run(1, 'x'.repeat(129))).rejects.toThrow('startedBy can have at most 128');
});

test('a client token gives the tasks of before, and is refused for another request', async () => {
  const { api } = await runOne();
  const run = (count: number) =>
    api.RunTask({
      cluster: 'jobs',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration: network,
      clientToken: 'once',
      count,
    });
  const first = await run(2);
  const again = await run(2);
  expect(again.tasks?.map(({ taskArn }) => taskArn)).toEqual(first.tasks?.map(({ taskArn }) => taskArn));
  await expect(run(3)).rejects.toMatchObject({ code: 'ConflictException' });
});

test('overrides replace the command and add to the environment', async () => {
  const { containers } = await runOne(
    [{ environment: [{ name: 'A', value: '1' }], command: ['serve'] }],
    {},
    testRegion(),
    {
      overrides: {
        containerOverrides: [
          { name: 'api', command: ['migrate', '--now'], environment: [{ name: 'B', value: '2' }] },
        ],
      },
    },
  );
  expect(containers[0]?.spec).toMatchObject({
    argv: ['migrate', '--now'],
    environment: { A: '1', B: '2' },
  });
  const wrong = { containerOverrides: [{ name: 'other' }] };
  await expect(runOne([{}], {}, testRegion(), { overrides: wrong })).rejects.toThrow(
    'container named other is not a container in the TaskDefinition',
  );
});

test('a task is stopped by its user once: the first reason stays', async () => {
  const { api, task, settle, stop } = await runOne();
  await stop();
  await api.StopTask({ cluster: 'jobs', task: (await task()).taskArn, reason: 'later' });
  await settle();
  expect(await task()).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough' });
  const other = await runOne();
  await other.api.StopTask({ cluster: 'jobs', task: other.id });
  await other.settle();
  expect((await other.task()).stoppedReason).toBe('Task stopped by user');
  await expect(api.StopTask({ cluster: 'jobs', task: 'none' })).rejects.toThrow(
    'The referenced task was not found.',
  );
});

test('no container instance can be named: each is missing', async () => {
  const { api } = await runOne();
  const start = (containerInstances: string[]) =>
    api.StartTask({ cluster: 'jobs', taskDefinition: 'api', containerInstances });
  expect(await start(['i1'])).toEqual({
    tasks: [],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/jobs/i1', reason: 'MISSING' }],
  });
  await expect(start([])).rejects.toThrow('containerInstances can not be empty.');
});
