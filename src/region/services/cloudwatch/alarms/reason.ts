import type { AlarmConfiguration } from '../state.ts';
import { breaches, type Point, type Verdict } from './evaluate.ts';

type Decided = Exclude<Verdict, { readonly state: 'keep' }>;

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to the threshold',
  GreaterThanThreshold: 'greater than the threshold',
  LessThanThreshold: 'less than the threshold',
  LessThanOrEqualToThreshold: 'less than or equal to the threshold',
};
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
const was = (number: number): string => (number === 1 ? 'was' : 'were');

/** How many datapoints a reason shows. */
const SHOWN = 5;

/**
 * StateReason in AWS's words, as DescribeAlarms and mails show them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function reasonOf(configuration: AlarmConfiguration, { state, points, filled }: Decided): string {
  const { EvaluationPeriods: periods, DatapointsToAlarm: enough } = configuration;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${count(filled, 'datapoint')} ${was(filled)} unknown.`;
  if (filled > 0) {
    const received =
      points.length === 0
        ? 'no datapoints were received'
        : `${count(points.length, 'datapoint')} ${was(points.length)} received`;
    const as = configuration.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: ${received} for ${count(periods, 'period')} and ${count(filled, 'missing datapoint')} ${was(filled)} treated as [${as}].`;
  }
  const alarm = state === 'ALARM';
  const telling = points.filter(({ value }) => breaches(configuration, value) === alarm);
  const newest = `[${telling.toReversed().slice(0, SHOWN).map(pointText).join(', ')}]`;
  const many = telling.length >= SHOWN;
  // Few datapoints stand in the sentence; of many the newest are named after it.
  const inside = many ? '' : ` ${newest}`;
  const after = many ? `. The most recent datapoints which crossed the threshold: ${newest}` : '';
  const verb = `${was(telling.length)}${alarm ? '' : ' not'} ${COMPARISONS[configuration.ComparisonOperator]} (${decimal(configuration.Threshold)})`;
  if (enough === undefined)
    return `Threshold Crossed: ${count(telling.length, 'datapoint')}${inside} ${verb}${after}.`;
  const needed = alarm ? enough : periods - enough + 1;
  return `Threshold Crossed: ${telling.length} out of the last ${count(points.length, 'datapoint')}${inside} ${verb}${after} (minimum ${count(needed, 'datapoint')} for ${alarm ? 'OK -> ALARM' : 'ALARM -> OK'} transition).`;
}

/** StateReasonData, a JSON text. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
export function reasonData(
  { Statistic, ExtendedStatistic, Period, Threshold, Unit }: AlarmConfiguration,
  { points }: Decided,
  at: Date,
): string {
  const [first] = points;
  return JSON.stringify({
    version: '1.0',
    queryDate: stamp(at.getTime()),
    ...(first ? { startDate: stamp(first.at) } : {}),
    ...((Statistic ?? ExtendedStatistic) ? { statistic: Statistic ?? ExtendedStatistic } : {}),
    ...(Unit ? { unit: Unit } : {}),
    period: Period,
    recentDatapoints: points.map(({ value }) => value),
    threshold: Threshold,
    evaluatedDatapoints: points
      .toReversed()
      .map((point) => ({ timestamp: stamp(point.at), value: point.value })),
  });
}

const stamp = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

function pointText({ at, value }: Point): string {
  const [, year = '', month, day, time] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(new Date(at).toISOString()) ?? [];
  return `${decimal(value)} (${day}/${month}/${year} ${time})`;
}

const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
