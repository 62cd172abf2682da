import { expect, test } from 'vitest';
import { rehearse } from './trace.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
test('a task without checks counts as healthy 40 s after it runs; 100/200 starts all, then stops all', async () => {
  const { deploy, from, pass, timeline } = await rehearse({ desired: 4 });
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 4 IN_PROGRESS",
      "  has started 4 tasks.",
      "0:40 A 4 COMPLETED",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  from();
  await deploy('api:2');
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 4 IN_PROGRESS, A 4 COMPLETED",
      "  has started 4 tasks.",
      "0:40 B 4 COMPLETED",
      "  has stopped 4 running tasks.",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html: with both, both are needed */
test('a task counts when its target is healthy, and its container checks too where there are any', async () => {
  for (const checkedEvery of [undefined, 10]) {
    const { deploy, from, pass, serve, timeline } = await rehearse({
      desired: 1,
      balanced: 'healthy',
      ...(checkedEvery ? { checkedEvery } : {}),
    });
    await pass(60);
    from();
    serve('initial');
    await deploy('api:2');
    await pass(checkedEvery ? 5 : 300);
    expect(timeline().at(-1)).toBe('  registered 1 targets in (target-group api)');
    serve('healthy');
    await pass(30);
    expect(timeline().filter((line) => !line.startsWith(' '))).toEqual(
      checkedEvery
        ? ['0:00 B 1 IN_PROGRESS, A 1 COMPLETED', '0:10 B 1 COMPLETED']
        : ['0:00 B 1 IN_PROGRESS, A 1 COMPLETED', '5:01 B 1 COMPLETED'],
    );
  }
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
test('50/100 with four tasks: two stop before two start', async () => {
  const { deploy, from, pass, timeline } = await rehearse({
    desired: 4,
    minimum: 50,
    maximum: 100,
    programs: { 'api:1': 'stubborn' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(300);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has stopped 2 running tasks.",
      "0:30 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "1:10 B 2 IN_PROGRESS",
      "  has stopped 2 running tasks.",
      "1:40 B 4 IN_PROGRESS",
      "  has started 2 tasks.",
      "2:20 B 4 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
test('0/100 with one task: it has ended before its successor starts', async () => {
  const { deploy, from, pass, timeline } = await rehearse({
    desired: 1,
    minimum: 0,
    maximum: 100,
    programs: { 'api:1': 'stubborn' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 0 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "0:30 B 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "1:10 B 1 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
test('75/125 with three tasks rounds up to three below and down to three above: nothing moves, and it is said each six hours', async () => {
  const { deploy, from, pass, timeline } = await rehearse({ desired: 3, minimum: 75, maximum: 125 });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(7 * 3600);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 0 IN_PROGRESS, A 3 COMPLETED",
      "  was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
      "6:00:00 B 0 IN_PROGRESS, A 3 COMPLETED",
      "  was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
test('50/150 with three tasks: one more at a time, two healthy stay', async () => {
  const { deploy, from, pass, timeline } = await rehearse({ desired: 3, minimum: 50, maximum: 150 });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(300);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has stopped 1 running tasks.",
      "  has started 1 tasks.",
      "  has started 1 tasks.",
      "0:40 B 3 IN_PROGRESS",
      "  has stopped 2 running tasks.",
      "  has started 1 tasks.",
      "1:20 B 3 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
test('a desired count of 0 is steady at once, and so is a deployment of it', async () => {
  const { deploy, update, from, pass, timeline } = await rehearse({ desired: 0 });
  await pass(10);
  await deploy('api:2');
  await pass(10);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 0 COMPLETED",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
      "0:10 B 0 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  from();
  await update({ desiredCount: 1 });
  await pass(60);
  await update({ desiredCount: 0 });
  await pass(10);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 COMPLETED",
      "  has started 1 tasks.",
      "0:40 B 1 COMPLETED",
      "  has reached a steady state.",
      "1:00 B 0 COMPLETED",
      "  has stopped 1 running tasks.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
test('a third deployment supersedes the second, whose tasks that never got healthy stop at once', async () => {
  const { deploy, from, pass, timeline } = await rehearse({ desired: 2 });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(20);
  await deploy('api:3');
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:20 C 2 IN_PROGRESS, A 2 COMPLETED",
      "  has stopped 2 running tasks.",
      "  has started 2 tasks.",
      "1:00 C 2 COMPLETED",
      "  has stopped 2 running tasks.",
      "  (deployment C) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html (forceNewDeployment) */
test('a forced deployment replaces tasks by tasks of the same definition', async () => {
  const { update, from, pass, timeline, tasks } = await rehearse({ desired: 2 });
  await pass(60);
  const before = (await tasks()).map(({ taskArn }) => taskArn);
  from();
  await update({ forceNewDeployment: true });
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:40 B 2 COMPLETED",
      "  has stopped 2 running tasks.",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  const after = await tasks();
  expect(after.filter(({ taskArn }) => before.includes(taskArn))).toEqual([]);
  expect(after.every(({ taskDefinitionArn }) => taskDefinitionArn?.endsWith('api:1'))).toBe(true);
});

/** https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments */
test('scaling out during a deployment starts tasks of both revisions; scaling in keeps the desired count healthy', async () => {
  const { deploy, update, from, pass, timeline } = await rehearse({ desired: 2 });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(10);
  await update({ desiredCount: 4 });
  await pass(10);
  await update({ desiredCount: 1 });
  await pass(120);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 2 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:10 B 4 IN_PROGRESS, A 4 COMPLETED",
      "  has started 2 tasks.",
      "  has started 2 tasks.",
      "0:20 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has stopped 6 running tasks.",
      "0:40 B 1 COMPLETED",
      "  has stopped 1 running tasks.",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
test('a steady state is told again every six hours', async () => {
  const { pass, timeline } = await rehearse({ desired: 1 });
  await pass(13 * 3600);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:40 A 1 COMPLETED",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
      "6:00:40 A 1 COMPLETED",
      "  has reached a steady state.",
      "12:00:40 A 1 COMPLETED",
      "  has reached a steady state.",
    ]
  `);
});
