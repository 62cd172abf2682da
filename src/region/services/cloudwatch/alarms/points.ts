import { compileQueries } from '../metrics/get.ts';
import { readDimensions } from '../metrics/input.ts';
import { MINUTE, minuteOf, type MetricName } from '../metrics/series.ts';
import { isLowSample, statistic } from '../metrics/statistic.ts';
import type { AlarmConfiguration, CloudWatch } from '../state.ts';
import { evaluationRange, type Point } from './evaluate.ts';
import { watchedQuery } from './input.ts';

interface Source {
  readonly period: number;
  value(start: number): number | undefined;
}

function sourceOf({ series }: CloudWatch, configuration: AlarmConfiguration, other?: string): Source {
  const { Metrics, Statistic, ExtendedStatistic, Period = 60, Unit } = configuration;
  if (Metrics?.length) return compileQueries(series, Metrics)(watchedQuery(Metrics));
  const name = nameOf(configuration);
  const of = statistic(other ?? Statistic ?? ExtendedStatistic ?? '');
  return {
    period: Period * 1000,
    value(start) {
      const set = series.read(name, start, Period * 1000, Unit);
      return set && of(set);
    },
  };
}

const nameOf = ({ MetricName = '', Namespace = '', Dimensions }: AlarmConfiguration): MetricName => ({
  namespace: Namespace,
  metric: MetricName,
  dimensions: readDimensions(Dimensions),
});

/**
 * Whether an alarm waits with its state for more observations of a percentile. Where there are none, data are missing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 */
export function waitsForSamples({ series, region }: CloudWatch, configuration: AlarmConfiguration): boolean {
  const { ExtendedStatistic, EvaluateLowSampleCountPercentile, Period = 60, Unit } = configuration;
  if (EvaluateLowSampleCountPercentile !== 'ignore' || ExtendedStatistic === undefined) return false;
  const length = configuration.EvaluationPeriods * Period * 1000;
  const set = series.read(nameOf(configuration), minuteOf(region.clock.now()) - length, length, Unit);
  return set !== undefined && isLowSample(ExtendedStatistic, set);
}

/**
 * The datapoints of the evaluation range, oldest first. The newest period ends with the last full minute: a period longer than a minute
 * slides by minutes.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function pointsOf(cloudwatch: CloudWatch, configuration: AlarmConfiguration): (Point | undefined)[] {
  const { period, value } = sourceOf(cloudwatch, configuration);
  const end = minuteOf(cloudwatch.region.clock.now());
  return Array.from({ length: evaluationRange(configuration.EvaluationPeriods) }, (_, index) => {
    const at = end - (index + 1) * period;
    const found = value(at);
    return found === undefined ? undefined : { at, value: found };
  }).reverse();
}

/** What a scaling policy reckons with: the newest datapoint that the alarm sees. */
export function newestValue(
  cloudwatch: CloudWatch,
  configuration: AlarmConfiguration,
  other?: string,
): number | undefined {
  const { period, value } = sourceOf(cloudwatch, configuration, other);
  const end = minuteOf(cloudwatch.region.clock.now());
  for (let index = 1; index <= evaluationRange(configuration.EvaluationPeriods); index++) {
    const found = value(end - index * period);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** When the minute that goes on has ended, and what was measured in it has come in. */
export const nextEvaluation = (now: number): number => minuteOf(now - ARRIVAL) + MINUTE + ARRIVAL - now;

/** How long after the end of a minute its metrics are taken as complete. AWS says only that some come late. */
const ARRIVAL = 5000;
