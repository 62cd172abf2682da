import { afterEach, describe, expect, test } from 'vitest';
import { scalable, scaledService, times, tracking } from './testing/scaled-service.ts';

let stop = async (): Promise<void> => {};
afterEach(() => stop());
const opened = async (...options: Parameters<typeof scaledService>) => {
  const made = await scaledService(...options);
  stop = made.stop;
  return made;
};

describe('target tracking', () => {
  test('scales out in proportion after 3 minutes, holds still in the cooldown, scales in after 15 low minutes', async () => {
    const { policy, minutes, activities, api } = await opened({ desired: 2 });
    await policy('load', tracking(50));
    expect(await minutes([...times(12, 100), ...times(25, 20)])).toMatchInlineSnapshot(`
      [
        "minute 3: 2 -> 4",
        "minute 8: 4 -> 8",
        "minute 27: 8 -> 4",
        "minute 32: 4 -> 2",
        "minute 37: 2 -> 1",
      ]
    `);
    expect(await activities()).toMatchInlineSnapshot(`
      [
        "Successful | Setting desired count to 4. | monitor alarm TargetTracking-service/jobs/api-AlarmHigh in state ALARM triggered policy load | Successfully set desired count to 4. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 8. | monitor alarm TargetTracking-service/jobs/api-AlarmHigh in state ALARM triggered policy load | Successfully set desired count to 8. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 4. | monitor alarm TargetTracking-service/jobs/api-AlarmLow in state ALARM triggered policy load | Successfully set desired count to 4. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 2. | monitor alarm TargetTracking-service/jobs/api-AlarmLow in state ALARM triggered policy load | Successfully set desired count to 2. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 1. | monitor alarm TargetTracking-service/jobs/api-AlarmLow in state ALARM triggered policy load | Successfully set desired count to 1. Change successfully fulfilled by ecs.",
      ]
    `);
    const { MetricAlarms = [] } = await api.cloudwatch.DescribeAlarms({});
    expect(
      MetricAlarms.map(({ AlarmName = '', Threshold, EvaluationPeriods, StateValue, StateReason }) => ({
        AlarmName: AlarmName.replace(/-[0-9a-f]{8}-[0-9a-f-]{27}$/, ''),
        Threshold,
        EvaluationPeriods,
        StateValue,
        StateReason,
      })),
    ).toMatchInlineSnapshot(`
      [
        {
          "AlarmName": "TargetTracking-service/jobs/api-AlarmHigh",
          "EvaluationPeriods": 3,
          "StateReason": "Threshold Crossed: 1 datapoint [20.0 (01/01/26 00:13:00)] was not greater than the threshold (50.0).",
          "StateValue": "OK",
          "Threshold": 50,
        },
        {
          "AlarmName": "TargetTracking-service/jobs/api-AlarmLow",
          "EvaluationPeriods": 15,
          "StateReason": "Threshold Crossed: 15 datapoints were less than the threshold (45.0). The most recent datapoints which crossed the threshold: [20.0 (01/01/26 00:27:00), 20.0 (01/01/26 00:26:00), 20.0 (01/01/26 00:25:00), 20.0 (01/01/26 00:24:00), 20.0 (01/01/26 00:23:00)].",
          "StateValue": "ALARM",
          "Threshold": 45,
        },
      ]
    `);
  });

  test('a larger scale-out passes the cooldown, counting what was added already', async () => {
    const { policy, minutes } = await opened({ desired: 2 });
    await policy('load', tracking(50));
    expect(await minutes([...times(3, 100), 100, 160, 160])).toMatchInlineSnapshot(`
      [
        "minute 3: 2 -> 4",
        "minute 5: 4 -> 7",
      ]
    `);
  });

  test('missing data scales in no direction', async () => {
    const { policy, minutes, api } = await opened({ desired: 4 });
    await policy('load', tracking(50));
    expect(await minutes([...times(2, 48), ...times(20, undefined)])).toEqual([]);
    const { MetricAlarms = [] } = await api.cloudwatch.DescribeAlarms({ StateValue: 'INSUFFICIENT_DATA' });
    expect(MetricAlarms.map(({ StateReason }) => StateReason)).toMatchInlineSnapshot(`
      [
        "Insufficient Data: 3 datapoints were unknown.",
        "Insufficient Data: 15 datapoints were unknown.",
      ]
    `);
  });

  test('DisableScaleIn has no low alarm and takes nothing away', async () => {
    const { policy, minutes, api } = await opened({ desired: 4 });
    await policy('load', tracking(50, { DisableScaleIn: true }));
    expect(await minutes(times(20, 1))).toEqual([]);
    const { MetricAlarms = [] } = await api.cloudwatch.DescribeAlarms({});
    expect(MetricAlarms.length).toBe(1);
  });

  test('nothing is taken away while a deployment goes on, and what was blocked comes after it', async () => {
    const { policy, minutes, programs, service } = await opened({ desired: 4 });
    await policy('load', tracking(50));
    programs.set('api:1', { exits: { after: 5_000, code: 1 } });
    expect(await minutes([...times(13, 25), 'deploy', ...times(4, 25)])).toEqual([]);
    expect((await service()).deployments?.[0]?.rolloutState).toBe('IN_PROGRESS');
    programs.delete('api:1');
    const after = await minutes(times(40, 25));
    expect(after.length).toBeGreaterThan(0);
  });

  test('all policies have to agree to scale in', async () => {
    const { policy, minutes, api, region, clock } = await opened({ desired: 4 });
    await policy('load', tracking(50));
    await policy('other', {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 10,
        CustomizedMetricSpecification: { Namespace: 'Demo', MetricName: 'Other', Statistic: 'Average' },
      },
    });
    const other = (value: number) =>
      region.internal.cloudwatch.record([
        { namespace: 'Demo', metric: 'Other', dimensions: {}, value, unit: 'None', at: clock.now() },
      ]);
    for (let minute = 0; minute < 17; minute++) {
      other(10);
      expect(await minutes([25])).toEqual([]);
    }
    const lines: string[] = [];
    for (let minute = 0; minute < 17; minute++) {
      other(7);
      lines.push(...(await minutes([25])));
    }
    // The larger of 4 * 25 / 50 and 4 * 7 / 10.
    expect(lines).toMatchInlineSnapshot(`
      [
        "minute 32: 4 -> 3",
      ]
    `);
    await api.applicationautoscaling.DeleteScalingPolicy({ ...scalable, PolicyName: 'other' });
    expect((await api.cloudwatch.DescribeAlarms({})).MetricAlarms?.length).toBe(2);
  });
});

describe('step scaling', () => {
  test('takes the step of the breach, counts the cooldown from where it began, and never passes the maximum', async () => {
    const { policy, minutes, activities, api } = await opened({ desired: 2, max: 5 });
    const { PolicyARN } = await policy('out', {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 180,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 20, ScalingAdjustment: 2 },
        ],
      },
    });
    await api.cloudwatch.PutMetricAlarm({
      AlarmName: 'busy',
      Namespace: 'Demo',
      MetricName: 'Load',
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 50,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      AlarmActions: [PolicyARN!],
    });
    expect(await minutes([60, 60, 75, 75, 75, 75, 75, 75, 75])).toMatchInlineSnapshot(`
      [
        "minute 1: 2 -> 3",
        "minute 3: 3 -> 4",
        "minute 6: 4 -> 5",
      ]
    `);
    expect(await activities()).toMatchInlineSnapshot(`
      [
        "Successful | Setting desired count to 3. | monitor alarm busy in state ALARM triggered policy out | Successfully set desired count to 3. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 4. | monitor alarm busy in state ALARM triggered policy out | Successfully set desired count to 4. Change successfully fulfilled by ecs.",
        "Successful | Setting desired count to 5. | monitor alarm busy in state ALARM triggered policy out | Successfully set desired count to 5. Change successfully fulfilled by ecs.",
        "Failed | Attempting to scale due to alarm triggered | monitor alarm busy in state ALARM triggered policy out | AlreadyAtMaxCapacity",
      ]
    `);
  });
});

test('scheduled actions move the bounds, whatever the cooldown', async () => {
  const { api, minutes, activities, begin } = await opened({ desired: 2 });
  const put = (name: string, Schedule: string, action: object, more: object = {}) =>
    api.applicationautoscaling.PutScheduledAction({
      ...scalable,
      ScheduledActionName: name,
      Schedule,
      ScalableTargetAction: action,
      ...more,
    });
  const at = (minute: number) => new Date(begin + minute * 60_000).toISOString().slice(0, 19);
  await put('morning', `at(${at(5)})`, { MinCapacity: 4 });
  await put('evening', `at(${at(10)})`, { MinCapacity: 1, MaxCapacity: 3 });
  await api.applicationautoscaling.RegisterScalableTarget({
    ...scalable,
    SuspendedState: { ScheduledScalingSuspended: false },
  });
  expect(await minutes(times(14, undefined))).toMatchInlineSnapshot(`
    [
      "minute 5: 2 -> 4",
      "minute 10: 4 -> 3",
    ]
  `);
  expect(await activities()).toMatchInlineSnapshot(`
    [
      "Successful | Setting min capacity to 4 | scheduled action name morning was triggered | Successfully set min capacity to 4",
      "Successful | Setting desired count to 4. | minimum capacity was set to 4 | Successfully set desired count to 4. Change successfully fulfilled by ecs.",
      "Successful | Setting min capacity to 1 and max capacity to 3 | scheduled action name evening was triggered | Successfully set min capacity to 1 and max capacity to 3",
      "Successful | Setting desired count to 3. | maximum capacity was set to 3 | Successfully set desired count to 3. Change successfully fulfilled by ecs.",
    ]
  `);
  await expect(put('wrong', 'every(5 minutes)', { MinCapacity: 1 })).rejects.toThrow(
    'Schedule every(5 minutes)',
  );
});

test('what is registered is brought within its bounds, and what goes takes its policies and alarms along', async () => {
  const { api, service, policy, advance, activities } = await opened({ desired: 2, min: 3, max: 6 });
  expect((await service()).desiredCount).toBe(3);
  await api.applicationautoscaling.RegisterScalableTarget({ ...scalable, MinCapacity: 1, MaxCapacity: 2 });
  expect((await service()).desiredCount).toBe(2);
  await advance(120_000);
  expect(await activities()).toMatchInlineSnapshot(`
    [
      "Successful | Setting desired count to 3. | minimum capacity was set to 3 | Successfully set desired count to 3. Change successfully fulfilled by ecs.",
      "Successful | Setting desired count to 2. | maximum capacity was set to 2 | Successfully set desired count to 2. Change successfully fulfilled by ecs.",
    ]
  `);
  await policy('load', tracking(50));
  await api.applicationautoscaling.DeregisterScalableTarget(scalable);
  expect((await api.cloudwatch.DescribeAlarms({})).MetricAlarms).toEqual([]);
  await expect(api.applicationautoscaling.DeregisterScalableTarget(scalable)).rejects.toThrow(
    'No scalable target registered',
  );
});
