import { expect, test } from 'vitest';
import { rehearse } from './trace.ts';

const breaker = { enable: true, rollback: true };

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: stage 1, a task that is pulled in vain */
test('three starts that fail trip the breaker, which goes back to the deployment that completed', async () => {
  const { deploy, from, pass, timeline } = await rehearse({
    desired: 2,
    breaker,
    programs: { 'api:2': 'missing' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:10 A 2 COMPLETED",
      "  has started 2 tasks.",
      "  (deployment B) deployment failed: tasks failed to start.",
      "  rolling back to deployment A.",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
test('programs that end before they prove themselves count too, in rounds ten seconds apart', async () => {
  const { deploy, from, pass, timeline, tasks } = await rehearse({
    desired: 1,
    breaker,
    programs: { 'api:2': 'crashes' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:00.1 B 0 IN_PROGRESS, A 1 COMPLETED",
      "0:10.1 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:10.2 B 0 IN_PROGRESS, A 1 COMPLETED",
      "0:20.2 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:20.3 A 1 COMPLETED",
      "  (deployment B) deployment failed: tasks failed to start.",
      "  rolling back to deployment A.",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html: at least an hour, after a rollback too
  await pass(50 * 60);
  const stopped = await tasks('STOPPED');
  expect(stopped).toHaveLength(3);
  for (const task of stopped)
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ image: 'api:2', exitCode: 1 }],
    });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: stage 2, health checks; interval 5 s, two retries */
test('tasks that never get healthy count once each, and are replaced one by one where there is no room', async () => {
  const { deploy, from, pass, timeline, tasks } = await rehearse({
    desired: 1,
    breaker,
    checkedEvery: 5,
    programs: { 'api:2': 'sick' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(180);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:10 B 0 IN_PROGRESS, A 1 COMPLETED",
      "  (task) failed container health checks.",
      "  has stopped 1 running tasks.",
      "0:20 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:30 B 0 IN_PROGRESS, A 1 COMPLETED",
      "  (task) failed container health checks.",
      "  has stopped 1 running tasks.",
      "0:40 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:50 A 1 COMPLETED",
      "  (deployment B) deployment failed: tasks failed to start.",
      "  rolling back to deployment A.",
      "  (task) failed container health checks.",
      "  has stopped 1 running tasks.",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  const reasons = (await tasks('STOPPED')).map(({ stoppedReason }) => stoppedReason);
  expect(reasons).toEqual(Array.from({ length: 3 }, () => 'Task failed container health checks'));
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (rolloutState) */
test('without rollback the failed deployment starts nothing more, and the one before goes on serving', async () => {
  const { deploy, from, pass, timeline } = await rehearse({
    desired: 2,
    breaker: { enable: true, rollback: false },
    programs: { 'api:2': 'crashes' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(3600);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:00.1 B 0 IN_PROGRESS, A 2 COMPLETED",
      "0:10.1 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:10.2 B 0 FAILED, A 2 COMPLETED",
      "  (deployment B) deployment failed: tasks failed to start.",
    ]
  `);
  from();
  await deploy('api:3');
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 C 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:40 C 2 COMPLETED",
      "  has stopped 2 running tasks.",
      "  (deployment C) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
test('a first deployment has nothing to go back to: it is stalled', async () => {
  const { pass, timeline, api, service } = await rehearse({
    desired: 1,
    breaker,
    programs: { 'api:1': 'missing' },
  });
  await pass(3600);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 0 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:10 A 0 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:30 A 0 FAILED",
      "  has started 1 tasks.",
      "  (deployment A) deployment failed: tasks failed to start.",
      "  is unable to consistently start tasks successfully.",
    ]
  `);
  const { currentServiceDeployment: arn = '' } = await service();
  const { serviceDeployments } = await api.DescribeServiceDeployments({ serviceDeploymentArns: [arn] });
  expect(serviceDeployments).toMatchObject([
    { status: 'ROLLBACK_FAILED', statusReason: 'No rollback candidate was found to run the rollback.' },
  ]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: what is rolled back to is no candidate until it completes again */
test('a rollback that fails itself leaves the service stalled', async () => {
  const { deploy, from, pass, timeline, program, api, service } = await rehearse({
    desired: 1,
    minimum: 0,
    maximum: 100,
    breaker,
    programs: { 'api:2': 'crashes' },
  });
  await pass(60);
  from();
  program('api:1', 'crashes');
  await deploy('api:2');
  await pass(300);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "  has started 1 tasks.",
      "0:00.1 B 0 IN_PROGRESS",
      "0:10.1 B 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:10.2 B 0 IN_PROGRESS",
      "0:20.2 B 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:20.3 A 1 IN_PROGRESS",
      "  (deployment B) deployment failed: tasks failed to start.",
      "  rolling back to deployment A.",
      "  has started 1 tasks.",
      "0:20.4 A 0 IN_PROGRESS",
      "0:30.4 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:30.5 A 0 IN_PROGRESS",
      "0:40.5 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:40.6 A 0 FAILED",
      "  (deployment A) deployment failed: tasks failed to start.",
    ]
  `);
  const { currentServiceDeployment: arn = '' } = await service();
  const { serviceDeployments } = await api.DescribeServiceDeployments({ serviceDeploymentArns: [arn] });
  expect(serviceDeployments).toMatchObject([
    { status: 'ROLLBACK_FAILED', statusReason: 'ECS deployment circuit breaker: tasks failed to start.' },
  ]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html: the example of the page */
test('a deployment made while one rolls back has no candidate, so it is stalled when it fails', async () => {
  const { deploy, from, pass, timeline, api, service } = await rehearse({
    desired: 1,
    minimum: 0,
    maximum: 100,
    breaker,
    programs: { 'api:2': 'crashes', 'api:3': 'crashes' },
  });
  await pass(60);
  await deploy('api:2');
  await pass(30);
  from();
  await deploy('api:3');
  await pass(300);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 C 1 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "  has started 1 tasks.",
      "0:00.1 C 0 IN_PROGRESS",
      "0:10.1 C 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:10.2 C 0 IN_PROGRESS",
      "0:20.2 C 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:20.3 C 0 FAILED",
      "  (deployment C) deployment failed: tasks failed to start.",
    ]
  `);
  const { serviceDeployments = [] } = await api.ListServiceDeployments({ cluster: 'jobs', service: 'api' });
  expect(serviceDeployments.map(({ status }) => status)).toEqual([
    'ROLLBACK_FAILED',
    'STOPPED',
    'SUCCESSFUL',
  ]);
  expect((await service()).currentServiceDeployment).toBe(serviceDeployments[0]?.serviceDeploymentArn);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html (resetOnHealthyTask) */
test.for([
  { resetOnHealthyTask: true, rolloutState: 'IN_PROGRESS', failedTasks: 1 },
  { resetOnHealthyTask: false, rolloutState: 'FAILED', failedTasks: 4 },
])('four failures, a healthy task after three of them: reset $resetOnHealthyTask', async (given) => {
  const { resetOnHealthyTask, rolloutState, failedTasks } = given;
  const { deploy, pass, program, exit, service } = await rehearse({
    desired: 2,
    breaker: {
      enable: true,
      rollback: false,
      resetOnHealthyTask,
      thresholdConfiguration: { type: 'COUNT', value: 4 },
    },
    programs: { 'api:2': 'missing' },
  });
  await pass(60);
  await deploy('api:2');
  await pass(5);
  program('api:2', 'runs');
  await pass(40);
  exit('api:2');
  program('api:2', 'crashes');
  await pass(1);
  expect((await service()).deployments?.[0]).toMatchObject({ failedTasks: 3 });
  await pass(12);
  expect((await service()).deployments?.[0]).toMatchObject({ rolloutState, failedTasks });
});
