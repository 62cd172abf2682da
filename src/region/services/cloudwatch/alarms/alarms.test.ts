import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../../gateway/testing/region.ts';
import { createCloudWatch } from '../index.ts';

let region: TestRegion;
let service: ReturnType<typeof createCloudWatch>;
const begin = (): void => {
  service = createCloudWatch(region);
  region.handlers.cloudwatch = service.handlers;
  service.start?.();
};
beforeEach(() => {
  region = testRegion();
  begin();
});
afterEach(async () => {
  await service.stop?.();
  region.remove();
});

const alarm = {
  AlarmName: 'slow',
  Namespace: 'Demo',
  MetricName: 'Latency',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 100,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;
const put = (...Values: number[]) =>
  region.api.cloudwatch.PutMetricData({
    Namespace: 'Demo',
    MetricData: [{ MetricName: 'Latency', Values, Timestamp: new Date(region.clock.now()) }],
  });
const state = async () => {
  const { MetricAlarms: [found] = [] } = await region.api.cloudwatch.DescribeAlarms({});
  return found?.StateValue;
};
const minute = () => region.clock.advance(60_000 - (region.clock.now() % 60_000) + 10_000);

test('a percentile: the worst tenth is above the threshold, though the average is not', async () => {
  await region.api.cloudwatch.PutMetricAlarm({ ...alarm, ExtendedStatistic: 'p90' });
  await put(...Array.from({ length: 80 }, () => 10), ...Array.from({ length: 20 }, () => 200));
  await minute();
  expect(await state()).toBe('ALARM');
  await put(...Array.from({ length: 95 }, () => 10), ...Array.from({ length: 5 }, () => 200));
  await minute();
  expect(await state()).toBe('OK');
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
test.each([
  ['evaluate', 'ALARM'],
  ['ignore', 'OK'],
])(
  'few samples of a percentile (%s) leave the state at %s',
  async (EvaluateLowSampleCountPercentile, then) => {
    await region.api.cloudwatch.PutMetricAlarm({
      ...alarm,
      ExtendedStatistic: 'p90',
      EvaluateLowSampleCountPercentile,
      TreatMissingData: 'breaching',
    });
    await put(...Array.from({ length: 100 }, () => 10));
    await minute();
    expect(await state()).toBe('OK');
    // 10 / (1 - 0.9) are enough.
    await put(...Array.from({ length: 99 }, () => 200));
    await minute();
    expect(await state()).toBe(then);
    await put(...Array.from({ length: 101 }, () => 200));
    await minute();
    expect(await state()).toBe('ALARM');
  },
);

test('an alarm on an expression: errors in percent of requests', async () => {
  const stat = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Demo', MetricName }, Period: 60, Stat: 'Sum' },
  });
  await region.api.cloudwatch.PutMetricAlarm({
    AlarmName: 'errors',
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    Metrics: [
      { Id: 'rate', Expression: '100 * FILL(errors, 0) / requests' },
      stat('errors', 'Errors'),
      stat('requests', 'Requests'),
    ],
  });
  const count = (MetricName: string, Value: number) =>
    region.api.cloudwatch.PutMetricData({
      Namespace: 'Demo',
      MetricData: [{ MetricName, Value, Timestamp: new Date(region.clock.now()) }],
    });
  await count('Requests', 200);
  await minute();
  expect(await state()).toBe('OK');
  await count('Requests', 200);
  await count('Errors', 12);
  await minute();
  expect(await state()).toBe('ALARM');
  const { MetricAlarms: [found] = [] } = await region.api.cloudwatch.DescribeAlarms({});
  expect(found?.StateReason).toBe(
    'Threshold Crossed: 1 datapoint [6.0 (01/01/26 00:01:00)] was greater than the threshold (5.0).',
  );
});

test('a new process goes on with the alarms of the one before, and with their history', async () => {
  await region.api.cloudwatch.PutMetricAlarm({
    ...alarm,
    Statistic: 'Average',
    TreatMissingData: 'ignore',
    Tags: [{ Key: 'team', Value: 'jobs' }],
  });
  await put(200);
  await minute();
  const before = await region.api.cloudwatch.DescribeAlarms({});
  expect(before.MetricAlarms).toMatchObject([{ StateValue: 'ALARM' }]);
  const history = await region.api.cloudwatch.DescribeAlarmHistory({});
  expect(history.AlarmHistoryItems?.map(({ HistoryItemType }) => HistoryItemType)).toContain('StateUpdate');
  await service.stop?.();
  region = region.restarted();
  begin();
  expect(await region.api.cloudwatch.DescribeAlarms({})).toEqual(before);
  expect(await region.api.cloudwatch.DescribeAlarmHistory({})).toEqual(history);
  await minute();
  expect(await state()).toBe('ALARM');
  // It is looked at each minute, as before.
  await put(1);
  await minute();
  expect(await state()).toBe('OK');
});

const reason = async () => {
  const { MetricAlarms: [found] = [] } = await region.api.cloudwatch.DescribeAlarms({});
  return found?.StateReason;
};

test('the reason names the five newest of many datapoints', async () => {
  await region.api.cloudwatch.PutMetricAlarm({
    ...alarm,
    Statistic: 'Average',
    EvaluationPeriods: 6,
    DatapointsToAlarm: 6,
  });
  for (let index = 0; index < 6; index++) {
    await put(200 + index);
    await minute();
  }
  expect(await reason()).toBe(
    'Threshold Crossed: 6 out of the last 6 datapoints were greater than the threshold (100.0). The most recent datapoints which crossed the threshold: [205.0 (01/01/26 00:05:00), 204.0 (01/01/26 00:04:00), 203.0 (01/01/26 00:03:00), 202.0 (01/01/26 00:02:00), 201.0 (01/01/26 00:01:00)] (minimum 6 datapoints for OK -> ALARM transition).',
  );
  await put(1);
  await minute();
  expect(await reason()).toBe(
    'Threshold Crossed: 1 out of the last 6 datapoints [1.0 (01/01/26 00:06:00)] was not greater than the threshold (100.0) (minimum 1 datapoint for ALARM -> OK transition).',
  );
});
