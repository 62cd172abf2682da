import { expect, test } from 'vitest';
import { rehearse } from './trace.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html */
test('starts that fail are throttled up to 27 minutes, and for ever without a breaker; a new definition starts at once', async () => {
  const { deploy, from, pass, timeline, tasks } = await rehearse({
    desired: 1,
    programs: { 'api:1': 'missing' },
  });
  await pass(3 * 3600);
  const starts = timeline().filter((line) => /^\d.*A 0 /.test(line) || line.includes('unable'));
  expect(starts.slice(0, 12)).toMatchInlineSnapshot(`
    [
      "0:00 A 0 IN_PROGRESS",
      "0:10 A 0 IN_PROGRESS",
      "0:30 A 0 IN_PROGRESS",
      "  is unable to consistently start tasks successfully.",
      "1:10 A 0 IN_PROGRESS",
      "2:30 A 0 IN_PROGRESS",
      "5:10 A 0 IN_PROGRESS",
      "10:30 A 0 IN_PROGRESS",
      "21:10 A 0 IN_PROGRESS",
      "42:30 A 0 IN_PROGRESS",
      "1:09:30 A 0 IN_PROGRESS",
      "1:36:30 A 0 IN_PROGRESS",
    ]
  `);
  // Those of the last hour are still told of.
  expect(await tasks('STOPPED')).toHaveLength(3);
  from();
  await deploy('api:2');
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:40 B 1 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html: only what never ran is throttled */
test('a task that reaches RUNNING ends the throttle, even if it ends at once', async () => {
  const { from, pass, timeline, program, exit } = await rehearse({
    desired: 1,
    programs: { 'api:1': 'missing' },
  });
  await pass(60);
  from();
  program('api:1', 'crashes');
  await pass(11);
  program('api:1', 'missing');
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:10 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:10.1 A 0 IN_PROGRESS",
      "0:20.1 A 0 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:30.1 A 0 IN_PROGRESS",
      "  has started 1 tasks.",
      "0:50.1 A 0 IN_PROGRESS",
      "  has started 1 tasks.",
      "  is unable to consistently start tasks successfully.",
    ]
  `);
  program('api:1', 'runs');
  await pass(120);
  from();
  program('api:1', 'missing');
  exit('api:1');
  await pass(30);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 0 COMPLETED",
      "  has started 1 tasks.",
      "0:10 A 0 COMPLETED",
      "  has started 1 tasks.",
      "0:30 A 0 COMPLETED",
      "  has started 1 tasks.",
      "  is unable to consistently start tasks successfully.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html (healthCheckGracePeriodSeconds) */
test('within the grace period targets and containers that are unhealthy are left alone', async () => {
  const { pass, timeline } = await rehearse({
    desired: 1,
    grace: 120,
    balanced: 'unhealthy',
    maximum: 100,
    minimum: 0,
  });
  await pass(130);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "  registered 1 targets in (target-group api)",
      "2:00 A 0 IN_PROGRESS",
      "  (task) (port 80) is unhealthy in (target-group api) due to (reason Health checks failed).",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "2:10 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "  registered 1 targets in (target-group api)",
    ]
  `);
  const checked = await rehearse({
    desired: 1,
    grace: 120,
    checkedEvery: 5,
    maximum: 100,
    minimum: 0,
    programs: { 'api:1': 'sick' },
  });
  await checked.pass(130);
  expect(checked.timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
      "2:00 A 0 IN_PROGRESS",
      "  (task) failed container health checks.",
      "  has stopped 1 running tasks.",
      "2:10 A 1 IN_PROGRESS",
      "  has started 1 tasks.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html: since 2023 the replacement comes first */
test('an unhealthy task goes when its replacement is healthy, or first where there is no room', async () => {
  const roomy = await rehearse({ desired: 2, balanced: 'healthy' });
  await roomy.pass(60);
  roomy.from();
  roomy.targets.set([...roomy.targets.keys()][0]!, 'unhealthy');
  await roomy.pass(30);
  expect(roomy.timeline()).toMatchInlineSnapshot(`
    [
      "0:15 A 2 COMPLETED",
      "  has started 1 tasks. Amazon ECS replaced 1 tasks due to an unhealthy status.",
      "  registered 1 targets in (target-group api)",
      "  (task) (port 80) is unhealthy in (target-group api) due to (reason Health checks failed).",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "  has reached a steady state.",
    ]
  `);
  const tight = await rehearse({ desired: 2, balanced: 'healthy', maximum: 100 });
  await tight.pass(60);
  tight.from();
  for (const key of tight.targets.keys()) tight.targets.set(key, 'unhealthy');
  await tight.pass(30);
  expect(tight.timeline()).toMatchInlineSnapshot(`
    [
      "0:05 A 1 COMPLETED",
      "  (task) (port 80) is unhealthy in (target-group api) due to (reason Health checks failed).",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "0:15 A 2 COMPLETED",
      "  has started 1 tasks. Amazon ECS replaced 1 tasks due to an unhealthy status.",
      "  registered 1 targets in (target-group api)",
      "  (task) (port 80) is unhealthy in (target-group api) due to (reason Health checks failed).",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "  has started 1 tasks.",
      "  registered 1 targets in (target-group api)",
      "  has reached a steady state.",
    ]
  `);
});

/** https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments */
test('a task that is lost during a deployment is replaced from its own revision', async () => {
  const { deploy, from, pass, timeline, exit } = await rehearse({
    desired: 2,
    programs: { 'api:2': 'missing' },
  });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(15);
  exit('api:1');
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:10 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "0:15 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 1 tasks.",
      "0:30 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
      "  is unable to consistently start tasks successfully.",
      "1:10 B 0 IN_PROGRESS, A 2 COMPLETED",
      "  has started 2 tasks.",
    ]
  `);
});
