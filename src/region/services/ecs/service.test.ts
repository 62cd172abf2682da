import { expect, test } from 'vitest';
import { taskDefinition, testRegion, watching, withService } from './test-region.ts';

test('a new service starts its tasks over the zones and reaches steady state', async () => {
  const { service, tasks, counts, events, settle, advance, interfaces } = await withService({
    desiredCount: 3,
  });
  await settle();
  expect(await counts()).toEqual({ desiredCount: 3, runningCount: 3, pendingCount: 0 });
  expect((await service()).deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }]);
  await advance(500);
  expect((await service()).deployments).toMatchObject([
    {
      rolloutState: 'COMPLETED',
      rolloutStateReason: expect.stringMatching(/^ECS deployment ecs-svc\/\d+ completed\.$/),
    },
  ]);
  expect(await events()).toEqual([
    'has started 3 tasks: (task T) (task T) (task T).',
    '(deployment D) deployment completed.',
    'has reached a steady state.',
  ]);
  const zones = (await tasks()).map(({ availabilityZone }) => availabilityZone).sort();
  expect(zones).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1b']);
  expect(interfaces.size).toBe(3);
});

test('the desired count is followed both ways, without a deployment', async () => {
  const { service, tasks, counts, events, settle, advance, update, interfaces } = await withService();
  await advance(1000);
  const [{ id } = {}] = (await service()).deployments ?? [];
  await update({ desiredCount: 5 });
  await settle();
  expect(await counts()).toMatchObject({ runningCount: 5 });
  await advance(1000);
  await update({ desiredCount: 2 });
  await settle();
  await advance(1000);
  expect(await counts()).toEqual({ desiredCount: 2, runningCount: 2, pendingCount: 0 });
  expect((await tasks()).map(({ availabilityZone }) => availabilityZone).sort()).toEqual([
    'us-east-1a',
    'us-east-1b',
  ]);
  expect(interfaces.size).toBe(2);
  expect((await service()).deployments).toMatchObject([{ id }]);
  expect(await events()).toEqual([
    'has started 2 tasks: (task T) (task T).',
    '(deployment D) deployment completed.',
    'has reached a steady state.',
    'has started 3 tasks: (task T) (task T) (task T).',
    'has reached a steady state.',
    'has stopped 3 running tasks: (task T) (task T) (task T).',
    'has reached a steady state.',
  ]);
  const [stopped] = await tasks('STOPPED');
  expect(stopped).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Scaling activity initiated by (deployment ${id})`,
    containers: [{ lastStatus: 'STOPPED', exitCode: 143 }],
  });
});

test('a rolling update starts new tasks first and never goes below the minimum', async () => {
  const { api, service, tasks, settle, advance, update, events } = await withService({ desiredCount: 2 });
  await advance(1000);
  await api.RegisterTaskDefinition(taskDefinition({ image: 'api:2' }));
  await update({ taskDefinition: 'api' });
  await settle();
  const during = (await service()).deployments ?? [];
  expect(
    during.map(({ status, runningCount, rolloutState }) => [status, runningCount, rolloutState]),
  ).toEqual([
    ['PRIMARY', 2, 'IN_PROGRESS'],
    ['ACTIVE', 2, 'COMPLETED'],
  ]);
  await advance(1000);
  expect((await service()).deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
  ]);
  expect((await tasks()).map((task) => task.containers?.[0]?.image)).toEqual(['api:2', 'api:2']);
  expect((await events()).slice(3)).toEqual([
    'has started 2 tasks: (task T) (task T).',
    'has stopped 2 running tasks: (task T) (task T).',
    '(deployment D) deployment completed.',
    'has reached a steady state.',
  ]);
});

test('with no room above, the old task has ended before the new one starts', async () => {
  const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 };
  const { update, advance, settle, trace, api } = await withService({
    desiredCount: 1,
    deploymentConfiguration,
  });
  await advance(1000);
  await api.RegisterTaskDefinition(taskDefinition({ image: 'api:2' }));
  await update({ taskDefinition: 'api' });
  await settle();
  await advance(1000);
  expect(trace).toEqual(['start api:1', 'SIGTERM api:1', 'start api:2']);
});

test('percentages that leave no room block the update and say so', async () => {
  const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 100 };
  const { update, advance, events, counts } = await withService({ deploymentConfiguration });
  await advance(1000);
  await update({ forceNewDeployment: true });
  await advance(2000);
  expect(await counts()).toMatchObject({ runningCount: 2 });
  expect((await events()).at(-1)).toMatch(/^was unable to stop or start tasks during a deployment/);
});

test('a crashed task is replaced at once, with its exit code kept', async () => {
  const { containers, tasks, counts, settle, advance, trace } = await withService({ desiredCount: 1 });
  await advance(41_000);
  containers[0]?.exit(137);
  await settle();
  expect(trace).toEqual(['start api:1', 'start api:1']);
  expect(await counts()).toMatchObject({ runningCount: 1 });
  expect(await tasks('STOPPED')).toMatchObject([
    {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137 }],
    },
  ]);
});

test('an image that cannot be pulled stops tasks with the reason, ever more slowly', async () => {
  const test = testRegion();
  test.programs.missing.add('api:1');
  const { tasks, service, advance, events, interfaces } = await withService({ desiredCount: 1 }, {}, test);
  await advance(10_000);
  const stopped = await tasks('STOPPED');
  expect(stopped[0]).toMatchObject({
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'CannotPullContainerError: api:1',
    containers: [{ reason: 'CannotPullContainerError: api:1' }],
  });
  expect(stopped[0]?.containers?.[0]).not.toHaveProperty('exitCode', expect.anything());
  // At 0, 0.5, 1.5, 3.5 and 7.5 seconds.
  expect(stopped).toHaveLength(5);
  expect((await service()).deployments?.[0]).toMatchObject({ failedTasks: 5, rolloutState: 'IN_PROGRESS' });
  expect(await events()).toContain('is unable to consistently start tasks successfully.');
  expect(interfaces.size).toBe(0);
});

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };

test('the circuit breaker fails a first deployment after three tasks, and nothing more starts', async () => {
  const test = testRegion();
  test.programs.crashing.set('api:1', 1);
  const { service, tasks, advance, api } = await withService(
    { desiredCount: 1, deploymentConfiguration: breaker },
    {},
    test,
  );
  await advance(60_000);
  const { deployments, currentServiceDeployment } = await service();
  expect(deployments).toMatchObject([
    {
      failedTasks: 3,
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
  ]);
  expect(await tasks('STOPPED')).toHaveLength(3);
  const { serviceDeployments } = await api.DescribeServiceDeployments({
    serviceDeploymentArns: [currentServiceDeployment!],
  });
  expect(serviceDeployments).toMatchObject([
    {
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    },
  ]);
});

test('the circuit breaker rolls back to the tasks that were there', async () => {
  const { api, programs, service, tasks, advance, update, events } = await withService({
    deploymentConfiguration: breaker,
  });
  await advance(1000);
  const before = (await tasks()).map(({ taskArn }) => taskArn);
  programs.crashing.set('api:2', 1);
  await api.RegisterTaskDefinition(taskDefinition({ image: 'api:2' }));
  const { service: updated } = await update({ taskDefinition: 'api' });
  const failing = updated?.currentServiceDeployment ?? '';
  await advance(60_000);
  expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual(before);
  expect((await service()).deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
  ]);
  const { serviceDeployments } = await api.DescribeServiceDeployments({ serviceDeploymentArns: [failing] });
  expect(serviceDeployments).toMatchObject([
    {
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    },
  ]);
  expect(await events()).toEqual(
    expect.arrayContaining([
      '(deployment D) deployment failed: tasks failed to start.',
      'rolling back to deployment D.',
    ]),
  );
});

test('deleting drains the service, and leaves nothing', async () => {
  const { api, service, advance, settle, interfaces, containers } = await withService();
  await advance(1000);
  await expect(api.DeleteService({ cluster: 'jobs', service: 'api' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  await api.DeleteService({ cluster: 'jobs', service: 'api', force: true });
  expect(await service()).toMatchObject({ status: 'DRAINING' });
  await expect(api.DeleteCluster({ cluster: 'jobs' })).rejects.toMatchObject({
    code: 'ClusterContainsServicesException',
  });
  await settle();
  expect(await service()).toMatchObject({ status: 'INACTIVE', runningCount: 0, deployments: [] });
  expect(interfaces.size).toBe(0);
  expect(containers.every(({ removed }) => removed())).toBe(true);
  await api.DeleteCluster({ cluster: 'jobs' });
});

test('after a restart tasks whose containers are gone are replaced, and their interfaces deleted', async () => {
  const first = await withService();
  await first.advance(1000);
  await first.ecs.stop?.();
  const second = testRegion(undefined, first.store);
  const orphan = {
    subnetId: 'subnet-a',
    address: '10.0.0.9',
    description: 'arn:aws:ecs:us-east-1:123456789012:attachment/x',
  };
  for (const [id, held] of first.interfaces) second.interfaces.set(id, held);
  second.interfaces.set('eni-orphan', orphan);
  const { counts, tasks, settle, advance } = watching(second);
  await second.ecs.start?.();
  await settle();
  await advance(2000);
  expect(await counts()).toEqual({ desiredCount: 2, runningCount: 2, pendingCount: 0 });
  expect(second.containers).toHaveLength(2);
  expect(second.interfaces.size).toBe(2);
  expect(second.interfaces.has('eni-orphan')).toBe(false);
  expect((await tasks('STOPPED')).map(({ stoppedReason }) => stoppedReason)).toEqual([
    'Host EC2 (instance us-east-1-local) stopped/terminated.',
    'Host EC2 (instance us-east-1-local) stopped/terminated.',
  ]);
});

test('an idle region sleeps: no write wakes anything, and no timer but those of hours is left', async () => {
  const { advance, clock, store } = await withService();
  await advance(60_000);
  let writes = 0;
  store.watch(['ecs/'], () => writes++);
  await advance(10 * 60_000);
  expect(writes).toBe(0);
  expect(clock.now()).toBeGreaterThan(0);
});
