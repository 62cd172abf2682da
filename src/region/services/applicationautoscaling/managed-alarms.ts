import { randomUUID } from 'node:crypto';
import { trackedMetric } from './metric.ts';
import type { AutoScaling, PolicyRecord, TrackingPolicy } from './state.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/create-target-tracking-policy-cli.html */
export const alarmName = (resourceId: string, side: 'High' | 'Low'): string =>
  `TargetTracking-${resourceId}-Alarm${side}-${randomUUID()}`;

/**
 * The alarms of a target tracking policy. That a scale-in begins when a metric is usually more than 10 % below its target AWS says; for
 * how many minutes it has to be above or below AWS does not say: 3 and 15 are chosen here.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
export async function putManagedAlarms(
  { region }: AutoScaling,
  { arn, resourceId, configuration, alarms }: TrackingPolicy,
): Promise<void> {
  const common = {
    ...trackedMetric(resourceId, configuration),
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${arn}.`,
    AlarmActions: [arn],
  };
  await region.api.cloudwatch.PutMetricAlarm({
    ...common,
    AlarmName: alarms.high,
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: configuration.TargetValue,
    EvaluationPeriods: 3,
  });
  if (alarms.low !== undefined)
    await region.api.cloudwatch.PutMetricAlarm({
      ...common,
      AlarmName: alarms.low,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: lowThreshold(configuration.TargetValue),
      EvaluationPeriods: 15,
    });
}

const lowThreshold = (target: number): number => Number((target * 0.9).toPrecision(12));

/**
 * Those of a target tracking policy go with it; of a step policy only the action goes.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html
 */
export async function deleteManagedAlarms({ region }: AutoScaling, policy: PolicyRecord): Promise<void> {
  const { cloudwatch } = region.api;
  if (policy.type === 'TargetTrackingScaling') {
    const { high, low } = policy.alarms;
    await cloudwatch.DeleteAlarms({ AlarmNames: low === undefined ? [high] : [high, low] });
    return;
  }
  const { MetricAlarms = [] } = await cloudwatch.DescribeAlarms({ ActionPrefix: policy.arn });
  const without = (actions: readonly string[] = []) => actions.filter((action) => action !== policy.arn);
  for (const {
    AlarmArn: _arn,
    AlarmConfigurationUpdatedTimestamp: _configured,
    StateValue: _state,
    StateReason: _reason,
    StateReasonData: _data,
    StateUpdatedTimestamp: _updated,
    StateTransitionedTimestamp: _transitioned,
    ...alarm
  } of MetricAlarms)
    await cloudwatch.PutMetricAlarm({
      ...alarm,
      AlarmName: alarm.AlarmName,
      EvaluationPeriods: alarm.EvaluationPeriods,
      ComparisonOperator: alarm.ComparisonOperator,
      AlarmActions: without(alarm.AlarmActions),
      OKActions: without(alarm.OKActions),
      InsufficientDataActions: without(alarm.InsufficientDataActions),
    });
}
