import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { invalid, notEnacted } from './errors.ts';
import { serviceOf } from './resource.ts';

/** The part of an alarm that says what it looks at. */
export type WatchedMetric = Pick<
  PutMetricAlarmInput,
  'Namespace' | 'MetricName' | 'Dimensions' | 'Statistic' | 'Unit' | 'Period' | 'Metrics'
>;

const UTILIZATIONS: Readonly<Record<string, string>> = {
  ECSServiceAverageCPUUtilization: 'CPUUtilization',
  ECSServiceAverageMemoryUtilization: 'MemoryUtilization',
};
/** `app/NAME/ID/targetgroup/NAME/ID` */
const LABEL = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/;
const PERIOD = 60;

/**
 * What a target tracking policy looks at.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
 */
export function trackedMetric(
  resourceId: string,
  {
    PredefinedMetricSpecification,
    CustomizedMetricSpecification: custom,
  }: TargetTrackingScalingPolicyConfiguration,
): WatchedMetric {
  if ((PredefinedMetricSpecification === undefined) === (custom === undefined))
    throw invalid(
      'Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given.',
    );
  if (PredefinedMetricSpecification)
    return predefined(
      resourceId,
      PredefinedMetricSpecification.PredefinedMetricType ?? '',
      PredefinedMetricSpecification.ResourceLabel,
    );
  const { Metrics, MetricName, Namespace, Dimensions, Statistic, Unit } = custom!;
  if (Metrics?.length)
    return {
      Metrics: Metrics.map(({ MetricStat, ...rest }) => ({
        ...rest,
        ...(MetricStat ? { MetricStat: { ...MetricStat, Period: PERIOD } } : {}),
      })) as NonNullable<PutMetricAlarmInput['Metrics']>,
    };
  if (!MetricName || !Namespace || !Statistic)
    throw invalid('CustomizedMetricSpecification needs MetricName, Namespace and Statistic, or Metrics.');
  return {
    MetricName,
    Namespace,
    Statistic,
    Period: PERIOD,
    ...(Dimensions ? { Dimensions } : {}),
    ...(Unit ? { Unit: Unit as NonNullable<PutMetricAlarmInput['Unit']> } : {}),
  };
}

function predefined(resourceId: string, type: string, label: string | undefined): WatchedMetric {
  const { cluster, service } = serviceOf(resourceId);
  const utilization = Object.hasOwn(UTILIZATIONS, type) ? UTILIZATIONS[type] : undefined;
  if (utilization !== undefined) {
    if (label) throw invalid(`ResourceLabel ${label} is not for ${type}.`);
    return {
      Namespace: 'AWS/ECS',
      MetricName: utilization,
      Dimensions: [
        { Name: 'ClusterName', Value: cluster },
        { Name: 'ServiceName', Value: service },
      ],
      Statistic: 'Average',
      Period: PERIOD,
    };
  }
  if (type !== 'ALBRequestCountPerTarget') throw notEnacted(`PredefinedMetricType ${type} for ECS services`);
  const [, balancer, group] = LABEL.exec(label ?? '') ?? [];
  if (balancer === undefined || group === undefined)
    throw invalid(
      `ResourceLabel ${label ?? '(none)'} must be app/LOAD-BALANCER/ID/targetgroup/TARGET-GROUP/ID for ALBRequestCountPerTarget.`,
    );
  return {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCountPerTarget',
    Dimensions: [
      { Name: 'LoadBalancer', Value: balancer },
      { Name: 'TargetGroup', Value: group },
    ],
    Statistic: 'Sum',
    Period: PERIOD,
  };
}
