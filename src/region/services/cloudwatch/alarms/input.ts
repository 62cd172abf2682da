import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { combination, invalid, missing, notEnacted, validation } from '../errors.ts';
import { compileQueries } from '../metrics/get.ts';
import { checkPeriod, readDimensions, requireText } from '../metrics/input.ts';
import { statistic } from '../metrics/statistic.ts';
import type { AlarmConfiguration, CloudWatch } from '../state.ts';

const OPERATORS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const DAY = 86_400;

/** What PutMetricAlarm is given, checked. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function readAlarm({ series }: CloudWatch, input: PutMetricAlarmInput): AlarmConfiguration {
  const { AlarmName: _name, Tags: _tags, ActionsEnabled: _enabled, ...rest } = input;
  const {
    EvaluationPeriods,
    DatapointsToAlarm,
    ComparisonOperator,
    Threshold,
    TreatMissingData = 'missing',
  } = input;
  if (EvaluationPeriods === undefined) throw missing('EvaluationPeriods');
  if (!(EvaluationPeriods >= 1)) throw validation(`EvaluationPeriods ${EvaluationPeriods} is less than 1.`);
  if (DatapointsToAlarm !== undefined && !(DatapointsToAlarm >= 1 && DatapointsToAlarm <= EvaluationPeriods))
    throw validation(
      `DatapointsToAlarm (${DatapointsToAlarm}) must be at least 1 and at most EvaluationPeriods (${EvaluationPeriods}).`,
    );
  if (ComparisonOperator === undefined) throw missing('ComparisonOperator');
  if (!OPERATORS.includes(ComparisonOperator)) throw notEnacted(`ComparisonOperator ${ComparisonOperator}`);
  if (Threshold === undefined) throw missing('Threshold');
  const treat = MISSING.find((one) => one === TreatMissingData);
  if (!treat)
    throw validation(`Option [${TreatMissingData}] is not supported for parameter TreatMissingData.`);
  const low = input.EvaluateLowSampleCountPercentile;
  if (low !== undefined && low !== 'evaluate' && low !== 'ignore')
    throw validation(`Option ${low} is not supported for parameter EvaluateLowSampleCountPercentile.`);
  checkActions(input);
  const configuration = {
    ...rest,
    EvaluationPeriods,
    ComparisonOperator,
    Threshold,
    TreatMissingData: treat,
  };
  const period = input.Metrics?.length ? queriesPeriod(series, input) : metricPeriod(input);
  if ((EvaluationPeriods * period) / 1000 > DAY)
    throw period >= 3_600_000
      ? notEnacted(
          `An alarm that looks back more than a day (${EvaluationPeriods} periods of ${period / 1000} seconds)`,
        )
      : validation(
          'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
        );
  return configuration;
}

function metricPeriod(input: PutMetricAlarmInput): number {
  requireText('MetricName', input.MetricName);
  requireText('Namespace', input.Namespace);
  readDimensions(input.Dimensions);
  const { Statistic, ExtendedStatistic } = input;
  if ((Statistic === undefined) === (ExtendedStatistic === undefined))
    throw combination('Exactly one of Statistic and ExtendedStatistic must be specified');
  statistic(requireText('Statistic', Statistic ?? ExtendedStatistic));
  return checkPeriod(input.Period);
}

/** Exactly one of the queries is what the alarm watches. */
function queriesPeriod(series: CloudWatch['series'], input: PutMetricAlarmInput): number {
  const { Metrics = [] } = input;
  for (const name of [
    'MetricName',
    'Namespace',
    'Dimensions',
    'Period',
    'Unit',
    'Statistic',
    'ExtendedStatistic',
  ] as const)
    if (input[name] !== undefined) throw validation(`${name} must not be given together with Metrics.`);
  return compileQueries(series, Metrics)(watchedQuery(Metrics)).period;
}

export function watchedQuery(metrics: NonNullable<PutMetricAlarmInput['Metrics']>): string {
  const returned = metrics.filter(({ ReturnData = true }) => ReturnData);
  if (returned.length !== 1)
    throw validation(
      `Exactly one element of the metrics list should return data; here ${returned.length} do.`,
    );
  return returned[0]!.Id ?? '';
}

/** Scaling policies are invoked; topics are kept and listed. */
function checkActions({
  AlarmActions = [],
  OKActions = [],
  InsufficientDataActions = [],
}: PutMetricAlarmInput): void {
  for (const [name, actions] of Object.entries({ AlarmActions, OKActions, InsufficientDataActions })) {
    if (actions.length > 5) throw validation(`The collection ${name} must not have a size greater than 5.`);
    for (const action of actions)
      if (!/^arn:aws[a-z-]*:(sns:[^:]*:\d*:.+|autoscaling:[^:]*:\d*:scalingPolicy:.+)$/.test(action))
        throw action.startsWith('arn:')
          ? notEnacted(`The alarm action ${action}`)
          : invalid(`Invalid arn syntax: ${action}`);
  }
}
