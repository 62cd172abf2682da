import { afterAll, beforeAll, expect, test } from 'vitest';
import { scaledClock, systemClock } from '../../../common/clock.ts';
import { liveRegion, type LiveRegion } from './test-live-region.ts';

/** A minute of this region is over in two seconds; what programs take does not go faster. */
let live: LiveRegion;
beforeAll(async () => {
  live = await liveRegion(scaledClock(systemClock, 30));
});
afterAll(() => live.stop());

test('an alarm on the load of a service sees what its program really takes', async () => {
  const { ecs, cloudwatch } = live.region.api;
  await ecs.RegisterTaskDefinition({
    family: 'busy',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: live.roleArn,
    // A quarter of a processor is what it has reserved, and it takes all that it gets.
    containerDefinitions: [
      {
        name: 'main',
        image: 'busybox',
        command: ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=100M'],
        stopTimeout: 2,
      },
    ],
  });
  await ecs.CreateService({
    cluster: 'jobs',
    serviceName: 'busy',
    taskDefinition: 'busy',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [live.subnetId], securityGroups: [live.groupId] },
    },
  });
  const Dimensions = [
    { Name: 'ClusterName', Value: 'jobs' },
    { Name: 'ServiceName', Value: 'busy' },
  ];
  const alarm = (MetricName: string, Threshold: number) =>
    cloudwatch.PutMetricAlarm({
      AlarmName: MetricName,
      Namespace: 'AWS/ECS',
      MetricName,
      Dimensions,
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold,
      ComparisonOperator: 'GreaterThanThreshold',
    });
  await alarm('CPUUtilization', 50);
  await alarm('MemoryUtilization', 50);
  const states = async () => {
    const { MetricAlarms = [] } = await cloudwatch.DescribeAlarms({});
    return Object.fromEntries(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
  };
  // 100 of 512 MiB is a fifth.
  await expect
    .poll(states, { timeout: 25_000 })
    .toEqual({ CPUUtilization: 'ALARM', MemoryUtilization: 'OK' });
  await ecs.DeleteService({ cluster: 'jobs', service: 'busy', force: true });
});
