import { expect, test } from 'vitest';
import { rehearse } from './trace.ts';

const alarms = { alarmNames: ['errors', 'latency'], enable: true, rollback: true };

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
test('alarms are watched for a bake time after the tasks before are gone; only then a deployment is complete', async () => {
  const { deploy, from, pass, timeline } = await rehearse({ desired: 1, alarms });
  await pass(200);
  from();
  await deploy('api:2');
  await pass(200);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:40 B 1 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "2:40 B 1 COMPLETED",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
test('an alarm in the bake time fails the deployment and brings the tasks before back', async () => {
  const { deploy, from, pass, timeline, alarm, api, service } = await rehearse({ desired: 1, alarms });
  await pass(200);
  from();
  await deploy('api:2');
  await pass(60);
  alarm('errors', 'ALARM');
  await pass(240);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:40 B 1 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "1:10 A 1 IN_PROGRESS, B 1 FAILED",
      "  (deployment B) deployment failed: alarm detected.",
      "  rolling back to deployment A.",
      "  has started 1 tasks.",
      "1:50 A 1 IN_PROGRESS",
      "  has stopped 1 running tasks.",
      "3:50 A 1 COMPLETED",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  const { currentServiceDeployment: arn = '' } = await service();
  const { serviceDeployments } = await api.DescribeServiceDeployments({ serviceDeploymentArns: [arn] });
  expect(serviceDeployments).toMatchObject([
    {
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because an alarm was detected.',
      alarms: { status: 'TRIGGERED', alarmNames: ['errors', 'latency'], triggeredAlarmNames: ['errors'] },
      deploymentCircuitBreaker: { status: 'DISABLED' },
    },
  ]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
test('an alarm that rang before the deployment began is ignored while it lasts', async () => {
  const { deploy, from, pass, timeline, alarm } = await rehearse({
    desired: 1,
    alarms: { ...alarms, alarmNames: ['errors'] },
  });
  await pass(200);
  alarm('errors', 'ALARM');
  from();
  await deploy('api:2');
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:40 B 1 COMPLETED",
      "  has stopped 1 running tasks.",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
test('without rollback an alarm leaves the tasks of both deployments as they are', async () => {
  const { deploy, from, pass, timeline, alarm } = await rehearse({
    desired: 1,
    alarms: { ...alarms, rollback: false },
  });
  await pass(200);
  from();
  await deploy('api:2');
  await pass(15);
  alarm('latency', 'ALARM');
  await pass(300);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:20 B 1 FAILED, A 1 COMPLETED",
      "  (deployment B) deployment failed: alarm detected.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html */
test('a deployment that is stopped by request is rolled back, whatever its configuration says', async () => {
  const { deploy, from, pass, timeline, api, service } = await rehearse({ desired: 1 });
  await pass(60);
  from();
  await deploy('api:2');
  await pass(10);
  const { currentServiceDeployment: serviceDeploymentArn = '' } = await service();
  await expect(api.StopServiceDeployment({ serviceDeploymentArn, stopType: 'ABORT' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  await api.StopServiceDeployment({ serviceDeploymentArn });
  await pass(60);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:10 A 1 COMPLETED",
      "  (deployment B) deployment failed: stopped by request.",
      "  rolling back to deployment A.",
      "  has stopped 1 running tasks.",
      "  (deployment A) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  const { serviceDeployments = [] } = await api.ListServiceDeployments({ cluster: 'jobs', service: 'api' });
  expect(serviceDeployments.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
  await expect(api.StopServiceDeployment({ serviceDeploymentArn })).rejects.toMatchObject({
    code: 'ConflictException',
  });
  const { serviceRevisions } = await api.DescribeServiceRevisions({
    serviceRevisionArns: [serviceDeployments[0]!.targetServiceRevisionArn!],
  });
  expect(serviceRevisions).toMatchObject([
    { taskDefinition: expect.stringMatching(/api:2$/), containerImages: [{ image: 'api:2' }] },
  ]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
test('protected tasks are spared by scale-in and by deployments, which wait until the protection ends', async () => {
  const { deploy, update, from, pass, timeline, tasks, api } = await rehearse({ desired: 2 });
  await pass(60);
  from();
  const [first, second] = (await tasks()).map(({ taskArn = '' }) => taskArn);
  await api.UpdateTaskProtection({
    cluster: 'jobs',
    tasks: [first!],
    protectionEnabled: true,
    expiresInMinutes: 30,
  });
  await update({ desiredCount: 1 });
  await pass(10);
  expect((await tasks()).map(({ taskArn }) => taskArn)).toEqual([first]);
  expect((await tasks('STOPPED')).map(({ taskArn }) => taskArn)).toEqual([second]);
  await deploy('api:2');
  await pass(3600);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 A 1 COMPLETED",
      "  has stopped 1 running tasks.",
      "  has reached a steady state.",
      "0:10 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "0:50 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  was unable to reach steady state because (taskSet A) was unable to scale in due to (reason 1 tasks under protection)",
      "30:00 B 1 COMPLETED",
      "  has stopped 1 running tasks.",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
test('protection taken away lets a deployment go on, and does not keep an unhealthy task', async () => {
  const { deploy, from, pass, timeline, tasks, api, targets } = await rehearse({
    desired: 1,
    balanced: 'healthy',
  });
  await pass(60);
  const protect = async (protectionEnabled: boolean) =>
    void (await api.UpdateTaskProtection({
      cluster: 'jobs',
      tasks: (await tasks()).map(({ taskArn = '' }) => taskArn),
      protectionEnabled,
    }));
  await protect(true);
  from();
  await deploy('api:2');
  await pass(30);
  await protect(false);
  await pass(30);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:00 B 1 IN_PROGRESS, A 1 COMPLETED",
      "  has started 1 tasks.",
      "  registered 1 targets in (target-group api)",
      "  was unable to reach steady state because (taskSet A) was unable to scale in due to (reason 1 tasks under protection)",
      "0:30 B 1 COMPLETED",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "  (deployment B) deployment completed.",
      "  has reached a steady state.",
    ]
  `);
  from();
  await protect(true);
  for (const key of targets.keys()) targets.set(key, 'unhealthy');
  await pass(30);
  expect(timeline()).toMatchInlineSnapshot(`
    [
      "0:10 B 1 COMPLETED",
      "  has started 1 tasks. Amazon ECS replaced 1 tasks due to an unhealthy status.",
      "  registered 1 targets in (target-group api)",
      "  (task) (port 80) is unhealthy in (target-group api) due to (reason Health checks failed).",
      "  has stopped 1 running tasks.",
      "  deregistered 1 targets in (target-group api)",
      "  has reached a steady state.",
    ]
  `);
});
