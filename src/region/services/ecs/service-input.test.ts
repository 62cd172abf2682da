import { expect, test } from 'vitest';
import { network, taskDefinition, withService } from './test-region.ts';

const invalid = { code: 'InvalidParameterException' };

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
test('the same service again is the service that is there; another of its name is refused', async () => {
  const { api, service } = await withService({ clientToken: 'one' });
  const create = (more: object) =>
    api.CreateService({
      cluster: 'jobs',
      serviceName: 'api',
      taskDefinition: 'api',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: network,
      ...more,
    });
  const { createdAt } = await service();
  expect((await create({ clientToken: 'one' })).service).toMatchObject({ createdAt });
  expect((await create({})).service).toMatchObject({ createdAt });
  for (const other of [{ clientToken: 'two' }, { desiredCount: 3 }])
    await expect(create(other)).rejects.toMatchObject({
      ...invalid,
      message: 'Creation of service was not idempotent.',
    });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
test('an update that says nothing of the desired count keeps what scaling made of it', async () => {
  const { api, service, update } = await withService();
  await update({ desiredCount: 5 });
  await api.RegisterTaskDefinition(taskDefinition({ image: 'api:2' }));
  await update({ taskDefinition: 'api' });
  expect(await service()).toMatchObject({ desiredCount: 5, deployments: [{ desiredCount: 5 }, {}] });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
test('another capacity provider is for later tasks, and starts no deployment unless it is forced', async () => {
  const { service, tasks, update, settle, advance } = await withService({ desiredCount: 1 });
  await advance(1000);
  const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
  await update({ capacityProviderStrategy });
  await update({ desiredCount: 2 });
  await settle();
  expect((await service()).deployments).toHaveLength(1);
  const providers = async () => (await tasks()).map(({ capacityProviderName }) => capacityProviderName);
  expect(await providers()).toEqual([undefined, 'FARGATE_SPOT']);
  await update({ forceNewDeployment: true });
  await settle();
  expect((await service()).deployments).toHaveLength(2);
  await advance(1000);
  expect(await providers()).toEqual(['FARGATE_SPOT', 'FARGATE_SPOT']);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html */
test('a daemon needs container instances, which Fargate has not', async () => {
  await expect(withService({ schedulingStrategy: 'DAEMON' })).rejects.toMatchObject({
    ...invalid,
    message: 'The daemon scheduling strategy is not supported on Fargate.',
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
test('how a service is deployed is shown as it was given, and kept where an update is silent', async () => {
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
  const deploymentCircuitBreaker = {
    enable: true,
    rollback: true,
    resetOnHealthyTask: false,
    thresholdConfiguration: { type: 'COUNT' as const, value: 7 },
  };
  const { service, update } = await withService({
    deploymentConfiguration: { alarms, deploymentCircuitBreaker },
    healthCheckGracePeriodSeconds: 30,
  });
  await update({ deploymentConfiguration: { maximumPercent: 150 } });
  expect(await service()).toMatchObject({
    healthCheckGracePeriodSeconds: 30,
    deploymentConfiguration: {
      strategy: 'ROLLING',
      minimumHealthyPercent: 100,
      maximumPercent: 150,
      alarms,
      deploymentCircuitBreaker,
    },
    deployments: [{ rolloutState: 'IN_PROGRESS' }],
  });
  for (const wrong of [
    { alarms: { alarmNames: [], enable: true, rollback: false } },
    {
      deploymentCircuitBreaker: {
        ...deploymentCircuitBreaker,
        thresholdConfiguration: { type: 'COUNT' as const, value: 0 },
      },
    },
    { maximumPercent: 99 },
    { minimumHealthyPercent: -1 },
    { strategy: 'CANARY' as const },
  ])
    await expect(update({ deploymentConfiguration: wrong })).rejects.toMatchObject(invalid);
  await expect(update({ healthCheckGracePeriodSeconds: -1 })).rejects.toMatchObject(invalid);
});
