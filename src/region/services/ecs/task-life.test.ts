import { expect, test } from 'vitest';
import { testRegion } from './test-region.ts';
import { runOne } from './test-task.ts';

test('a task goes through its states and shows what it holds', async () => {
  const { task, stop, settle, containers, interfaces } = await runOne();
  const running = await task();
  expect(running).toMatchObject({
    lastStatus: 'RUNNING',
    group: 'family:api',
    startedBy: 'test',
    launchType: 'FARGATE',
  });
  expect(running.attachments?.[0]).toMatchObject({
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: [
      { name: 'subnetId', value: 'subnet-a' },
      { name: 'networkInterfaceId', value: 'eni-10.0.0.10' },
      { name: 'macAddress' },
      { name: 'privateIPv4Address', value: '10.0.0.10' },
    ],
  });
  expect([...interfaces.values()][0]?.description).toBe(
    `arn:aws:ecs:us-east-1:123456789012:attachment/${running.attachments?.[0]?.id}`,
  );
  expect(containers[0]?.spec).toMatchObject({
    argv: ['serve'],
    hostname: 'ip-10-0-0-10.ec2.internal',
    nameServers: ['10.0.0.2'],
    searchDomains: ['local'],
    environment: { PATH: '/bin', AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' },
  });
  await stop();
  await settle();
  expect(await task()).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    attachments: [{ status: 'DELETED' }],
    containers: [{ lastStatus: 'STOPPED', exitCode: 143 }],
  });
  expect(interfaces.size).toBe(0);
});

test('statuses are taken in order, each with its time', async () => {
  const region = testRegion();
  const seen: string[] = [];
  const table = region.store.table<{ lastStatus: string }>('ecs/tasks');
  const patch = table.patch;
  table.patch = (id, changes) => {
    if (changes.lastStatus) seen.push(changes.lastStatus);
    return patch(id, changes);
  };
  const { stop, settle, task } = await runOne([{}], {}, region);
  await stop();
  await settle();
  expect(seen).toEqual([
    'PENDING',
    'ACTIVATING',
    'RUNNING',
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]);
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } = await task();
  for (const at of [pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt])
    expect(at).toBeInstanceOf(Date);
});

test('what has only just been started is asked a second time: it may have had no handler yet', async () => {
  const region = testRegion();
  region.programs.stubborn.add('api:1');
  const { stop, advance, trace } = await runOne([{ stopTimeout: 10 }], {}, region);
  await stop();
  await advance(1000);
  expect(trace).toEqual(['start api:1', 'SIGTERM api:1', 'SIGTERM api:1']);
});

test('what does not heed its stop signal is killed when the stop timeout is over', async () => {
  const region = testRegion();
  region.programs.stubborn.add('api:1');
  const { task, stop, advance, settle, trace } = await runOne([{ stopTimeout: 10 }], {}, region);
  await advance(2000);
  await stop();
  await advance(9950);
  expect(await task()).toMatchObject({ lastStatus: 'STOPPING' });
  await advance(50);
  await settle();
  expect(trace).toEqual(['start api:1', 'SIGTERM api:1', 'SIGKILL api:1']);
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 137 }] });
});

test('a task stopped while its image is pulled never starts', async () => {
  const region = testRegion();
  let pulled = () => {};
  const { runtime } = region.region.plane;
  const resolve = runtime.resolve.bind(runtime);
  Object.assign(runtime, {
    resolve: async (reference: string) => {
      await new Promise<void>((done) => (pulled = done));
      return resolve(reference);
    },
  });
  const { stop, settle, task, trace, interfaces } = await runOne([{}], {}, region);
  expect(await task()).toMatchObject({ lastStatus: 'PENDING' });
  await stop();
  await settle();
  pulled();
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
  expect(trace).toEqual([]);
  expect(interfaces.size).toBe(0);
});
