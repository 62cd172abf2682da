import type { Service } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createCloudWatch } from '../cloudwatch/index.ts';
import { createApplicationAutoScaling } from './index.ts';
import { scalable, tracking } from './testing/scaled-service.ts';

let region: TestRegion;
let services: readonly { start?(): unknown; stop?(): unknown }[];
/** Of the only service there is; its tasks run at once. */
let desired: number;

function begin(): void {
  const cloudwatch = createCloudWatch(region);
  const scaling = createApplicationAutoScaling(region);
  region.handlers.cloudwatch = cloudwatch.handlers;
  region.handlers.applicationautoscaling = scaling.handlers;
  region.handlers.iam = { GetRole: () => ({ Role: undefined }) };
  region.handlers.ecs = {
    DescribeServices: () => ({
      services: [{ status: 'ACTIVE', desiredCount: desired, runningCount: desired } satisfies Service],
    }),
    UpdateService: ({ desiredCount }) => {
      desired = desiredCount ?? desired;
      return {};
    },
  };
  Object.defineProperty(region, 'internal', {
    value: { cloudwatch: cloudwatch.internal, applicationautoscaling: scaling.internal },
    configurable: true,
  });
  services = [cloudwatch, scaling];
  for (const service of services) service.start?.();
}
async function end(): Promise<void> {
  for (const service of services) await service.stop?.();
}
beforeEach(() => {
  region = testRegion();
  desired = 2;
  begin();
});
afterEach(async () => {
  await end();
  region.remove();
});
const all = async () => {
  const { applicationautoscaling, cloudwatch } = region.api;
  const ecs = { ServiceNamespace: 'ecs' } as const;
  return {
    targets: (await applicationautoscaling.DescribeScalableTargets(ecs)).ScalableTargets,
    policies: (await applicationautoscaling.DescribeScalingPolicies(ecs)).ScalingPolicies,
    actions: (await applicationautoscaling.DescribeScheduledActions(ecs)).ScheduledActions,
    activities: (await applicationautoscaling.DescribeScalingActivities(ecs)).ScalingActivities,
    alarms: (await cloudwatch.DescribeAlarms({})).MetricAlarms,
  };
};
/** Minutes with one observation each. */
async function minutes(count: number, Value: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const Timestamp = new Date(region.clock.now());
    await region.api.cloudwatch.PutMetricData({
      Namespace: 'Demo',
      MetricData: [{ MetricName: 'Load', Value, Timestamp }],
    });
    await region.clock.advance(60_000 - (region.clock.now() % 60_000) + 10_000);
  }
}

test('a new process goes on with targets, policies, cooldowns and schedules', async () => {
  const { applicationautoscaling } = region.api;
  await applicationautoscaling.RegisterScalableTarget({ ...scalable, MinCapacity: 1, MaxCapacity: 20 });
  await applicationautoscaling.PutScalingPolicy({ ...scalable, PolicyName: 'load', ...tracking(50) });
  const at = (minute: number) =>
    `at(${new Date(region.clock.now() + minute * 60_000).toISOString().slice(0, 19)})`;
  const action = { ...scalable, ScalableTargetAction: { MaxCapacity: 3 } };
  await applicationautoscaling.PutScheduledAction({
    ...action,
    ScheduledActionName: 'late',
    Schedule: at(30),
  });
  await applicationautoscaling.PutScheduledAction({
    ...action,
    ScheduledActionName: 'missed',
    Schedule: at(5),
  });
  await minutes(3, 100);
  expect(desired).toBe(4);
  const before = await all();
  expect(before).toMatchObject({ targets: [{}], policies: [{}], actions: [{}, {}], alarms: [{}, {}] });
  expect(before.activities?.map(({ StatusCode }) => StatusCode)).toEqual(['Successful']);

  await end();
  await region.clock.advance(120_000);
  region = region.restarted();
  begin();
  expect(await all()).toEqual(before);
  // What was missed while there was none is not made up for, and the cooldown goes on: metrics begin anew.
  await minutes(2, 100);
  expect(desired).toBe(4);
  await minutes(1, 100);
  expect(desired).toBe(8);
  await region.clock.advance(25 * 60_000);
  expect(desired).toBe(3);
});
