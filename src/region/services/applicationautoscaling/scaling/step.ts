import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { high, low } from '../policy-input.ts';

/**
 * The step for a metric. Bounds count from the alarm's threshold: above it the lower one is included, below it the upper one.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
export function stepFor(
  steps: readonly StepAdjustment[],
  metric: number,
  threshold: number,
): StepAdjustment | undefined {
  const over = metric - threshold;
  return steps.find((step) =>
    over >= 0 ? low(step) <= over && over < high(step) : low(step) < over && over <= high(step),
  );
}

/** The capacity after a step. https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html */
export function adjusted(
  { AdjustmentType, MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  { ScalingAdjustment = 0 }: StepAdjustment,
  current: number,
): number {
  if (AdjustmentType === 'ExactCapacity') return ScalingAdjustment;
  if (AdjustmentType === 'ChangeInCapacity') return Math.max(0, current + ScalingAdjustment);
  const change = rounded((current * ScalingAdjustment) / 100);
  const least = ScalingAdjustment < 0 ? -MinAdjustmentMagnitude : MinAdjustmentMagnitude;
  return Math.max(0, current + (Math.abs(change) < MinAdjustmentMagnitude ? least : change));
}

/** Above 1 down, up to 1 to 1; below 0 the same towards 0. */
function rounded(change: number): number {
  if (change > 0) return Math.max(1, Math.floor(change));
  return change < 0 ? Math.min(-1, Math.ceil(change)) : 0;
}
