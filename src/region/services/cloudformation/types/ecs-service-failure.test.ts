import { expect, test } from 'vitest';
import type { Region } from '../../../region.ts';
import { rehearse } from '../../ecs/traces/trace.ts';
import { deploymentFailure } from './ecs-service-failure.ts';

type Rehearsed = Awaited<ReturnType<typeof rehearse>>;

/** What CloudFormation is told of the deployment under way. */
async function told({ region, api, service }: Rehearsed): Promise<string> {
  const whole = { ...region, api: { ...region.api, ecs: api } } as Region;
  const { taskDefinition } = await api.DescribeTaskDefinition({ taskDefinition: 'api' });
  const failure = await deploymentFailure(whole, await service(), taskDefinition?.taskDefinitionArn);
  return failure.message;
}

const breaker = { enable: true, rollback: true };

/** https://repost.aws/articles/ARQJJetqfbSGq8hUxlBV9O8Q/ecs-deployment-circuit-breaker-was-triggered */
test('the breaker is told of with the first task that stopped, its reason and its exit code', async () => {
  const it = await rehearse({ desired: 1, breaker, programs: { 'api:2': 'crashes' } });
  await it.pass(60);
  await it.deploy('api:2');
  await it.pass(120);
  expect(await told(it)).toMatch(
    /^Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'\. First stopped task [0-9a-f]{32}: Essential container in task exited; container api exited with code 1\.$/,
  );
});

test('an image that cannot be pulled is told of once', async () => {
  const it = await rehearse({ desired: 1, breaker, programs: { 'api:2': 'missing' } });
  await it.pass(60);
  await it.deploy('api:2');
  await it.pass(120);
  expect(await told(it)).toMatch(/: CannotPullContainerError: api:2\.$/);
});

test('an alarm is told of as one', async () => {
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
  const it = await rehearse({ desired: 1, alarms });
  await it.pass(300);
  await it.deploy('api:2');
  await it.pass(15);
  it.alarm('errors', 'ALARM');
  await it.pass(15);
  expect(await told(it)).toBe("Error occurred during operation 'ECS Deployment Alarm was triggered'.");
});
