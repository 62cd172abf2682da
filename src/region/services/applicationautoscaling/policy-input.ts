import type {
  PutScalingPolicyRequest,
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { invalid, notEnacted } from './errors.ts';
import { trackedMetric } from './metric.ts';
import type { StepPolicy, TrackingPolicy } from './state.ts';

type Checked = Pick<StepPolicy, 'type' | 'configuration'> | Pick<TrackingPolicy, 'type' | 'configuration'>;

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html */
export function readPolicy(resourceId: string, input: PutScalingPolicyRequest): Checked {
  const {
    PolicyType = 'StepScaling',
    StepScalingPolicyConfiguration: step,
    TargetTrackingScalingPolicyConfiguration: tracking,
  } = input;
  if (PolicyType === 'PredictiveScaling' || input.PredictiveScalingPolicyConfiguration)
    throw notEnacted('PredictiveScaling');
  if (PolicyType === 'TargetTrackingScaling') {
    if (!tracking || step)
      throw invalid('TargetTrackingScaling needs TargetTrackingScalingPolicyConfiguration alone.');
    const { TargetValue } = tracking;
    if (!(TargetValue !== undefined && TargetValue > 0 && Number.isFinite(TargetValue)))
      throw invalid(`TargetValue ${TargetValue ?? '(none)'} must be greater than 0.`);
    trackedMetric(resourceId, tracking);
    checkSeconds('ScaleOutCooldown', tracking.ScaleOutCooldown);
    checkSeconds('ScaleInCooldown', tracking.ScaleInCooldown);
    return { type: 'TargetTrackingScaling', configuration: { ...tracking, TargetValue } };
  }
  if (PolicyType !== 'StepScaling') throw invalid(`PolicyType ${PolicyType} is unknown.`);
  if (!step || tracking) throw invalid('StepScaling needs StepScalingPolicyConfiguration alone.');
  checkStep(step);
  return { type: 'StepScaling', configuration: step };
}

function checkSeconds(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0))
    throw invalid(`${name} ${value} must be 0 or more.`);
}

function checkStep({
  AdjustmentType,
  StepAdjustments = [],
  MinAdjustmentMagnitude,
  Cooldown,
  MetricAggregationType,
}: StepScalingPolicyConfiguration): void {
  if (
    !AdjustmentType ||
    !['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'].includes(AdjustmentType)
  )
    throw invalid(
      `AdjustmentType ${AdjustmentType ?? '(none)'} is none of ChangeInCapacity, ExactCapacity, PercentChangeInCapacity.`,
    );
  if (MetricAggregationType && !['Average', 'Minimum', 'Maximum'].includes(MetricAggregationType))
    throw invalid(`MetricAggregationType ${MetricAggregationType} is none of Average, Minimum, Maximum.`);
  if (MinAdjustmentMagnitude !== undefined && AdjustmentType !== 'PercentChangeInCapacity')
    throw invalid('MinAdjustmentMagnitude is for PercentChangeInCapacity only.');
  checkSeconds('Cooldown', Cooldown);
  checkBounds(StepAdjustments);
}

/**
 * No gaps, no overlaps; one open end each way; a step without both bounds stands alone.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
function checkBounds(steps: readonly StepAdjustment[]): void {
  if (steps.length === 0) throw invalid('At least one StepAdjustment must be specified');
  if (steps.length > 20) throw invalid('At most 20 StepAdjustments may be specified.');
  const sorted = [...steps].sort((a, b) => low(a) - low(b));
  for (const step of sorted) {
    if (step.ScalingAdjustment === undefined) throw invalid('A StepAdjustment needs its ScalingAdjustment.');
    if (low(step) >= high(step))
      throw invalid(`StepAdjustment lower bound ${low(step)} must be less than upper bound ${high(step)}`);
  }
  for (const [index, step] of sorted.entries()) {
    const next = sorted[index + 1];
    if (!next) break;
    if (low(next) === -Infinity)
      throw invalid('At most one StepAdjustment may have an unspecified lower bound');
    if (high(step) === Infinity)
      throw invalid('At most one StepAdjustment may have an unspecified upper bound');
    if (high(step) > low(next)) throw invalid('StepAdjustment intervals cannot overlap');
    if (high(step) < low(next)) throw invalid("StepAdjustment intervals can't have gaps between them");
  }
}

export const low = ({ MetricIntervalLowerBound }: StepAdjustment): number =>
  MetricIntervalLowerBound ?? -Infinity;
export const high = ({ MetricIntervalUpperBound }: StepAdjustment): number =>
  MetricIntervalUpperBound ?? Infinity;
