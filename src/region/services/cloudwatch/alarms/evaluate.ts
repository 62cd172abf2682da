import type { AlarmConfiguration } from '../state.ts';

export interface Point {
  /** Start of its period. */
  readonly at: number;
  readonly value: number;
}
export type Verdict =
  /** The state stays as it is. */
  | { readonly state: 'keep' }
  | {
      readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
      /** What was looked at, oldest first. */
      readonly points: readonly Point[];
      /** Periods without data that were taken as the configuration says. */
      readonly filled: number;
    };

type Rule = Pick<
  AlarmConfiguration,
  'ComparisonOperator' | 'Threshold' | 'EvaluationPeriods' | 'DatapointsToAlarm' | 'TreatMissingData'
>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function breaches(
  { ComparisonOperator, Threshold }: Pick<Rule, 'ComparisonOperator' | 'Threshold'>,
  value: number,
): boolean {
  switch (ComparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'LessThanThreshold':
      return value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= Threshold;
    default:
      throw new Error(`${ComparisonOperator} is for anomaly detection`);
  }
}

/**
 * How many periods are asked for: more than are evaluated, so that real data from farther back may stand in for what is missing. How
 * many more AWS does not say; its examples have two more.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * The state that the datapoints of the evaluation range give, oldest first, missing ones undefined.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate(rule: Rule, range: readonly (Point | undefined)[]): Verdict {
  const { EvaluationPeriods: most, DatapointsToAlarm: enough = most, TreatMissingData } = rule;
  const points = range.filter((point) => point !== undefined).slice(-most);
  const breaching = points.filter(({ value }) => breaches(rule, value)).length;
  const missing = most - points.length;
  const judged = (alarm: boolean, filled = 0): Verdict => ({ state: alarm ? 'ALARM' : 'OK', points, filled });
  // Enough real ones: what is missing does not matter.
  if (missing <= 0) return judged(breaching >= enough);
  switch (TreatMissingData) {
    case 'breaching':
      return judged(breaching + missing >= enough, missing);
    case 'notBreaching':
      return judged(breaching >= enough, missing);
    case 'ignore':
      if (breaching >= enough) return judged(true);
      return breaching < points.length ? judged(false) : { state: 'keep' };
    case 'missing':
      if (points.length === 0) return { state: 'INSUFFICIENT_DATA', points, filled: missing };
      if (breaching >= enough || isOldBreach(range, enough, breaching === points.length)) return judged(true);
      return breaching < points.length ? judged(false) : { state: 'keep' };
  }
}

/**
 * "Avoiding premature transitions to alarm state": few breaching datapoints with nothing but gaps among them alarm when the oldest is
 * as old as the number of datapoints to alarm.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
function isOldBreach(range: readonly (Point | undefined)[], enough: number, all: boolean): boolean {
  const oldest = range.findIndex((point) => point !== undefined);
  return all && range.length - oldest >= enough;
}
