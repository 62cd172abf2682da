import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Handlers } from '../../../gateway/types.ts';
import { combination, invalid, missing, notEnacted, operation } from '../errors.ts';
import type { CloudWatch, Sdk } from '../state.ts';
import { readDimensions, requireText } from './input.ts';
import { merge, observation, type StatisticSet } from './statistic-set.ts';

const HOUR = 60 * 60 * 1000;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export function putMetricHandlers({ region, series }: CloudWatch): Handlers<Sdk> {
  return {
    PutMetricData: operation(['Namespace', 'MetricData'], ({ Namespace, MetricData = [] }) => {
      const namespace = requireText('Namespace', Namespace);
      if (namespace.startsWith('AWS/'))
        throw invalid(`The value ${namespace} for parameter Namespace is invalid: it is reserved for AWS.`);
      if (MetricData.length > 1000)
        throw invalid('The collection MetricData must not have a size greater than 1000.');
      const now = region.clock.now();
      const read = MetricData.map((datum) => ({
        name: {
          namespace,
          metric: requireText('MetricName', datum.MetricName),
          dimensions: readDimensions(datum.Dimensions),
        },
        unit: datum.Unit ?? 'None',
        at: checkTime(datum.Timestamp?.getTime() ?? now, now),
        set: readSet(datum),
      }));
      for (const { name, unit, at, set } of read) series.add(name, unit, at, set);
      return {};
    }),
  };
}

/** Two weeks back and two hours ahead. */
function checkTime(at: number, now: number): number {
  if (at < now - 14 * 24 * HOUR || at > now + 2 * HOUR)
    throw invalid(
      `The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks, and at most two hours in the future.`,
    );
  return at;
}

function readSet({
  Value,
  StatisticValues,
  Values,
  Counts,
  StorageResolution = 60,
}: MetricDatum): StatisticSet {
  if (StorageResolution !== 60) throw notEnacted(`StorageResolution ${StorageResolution}`);
  const given = [Value, StatisticValues, Values].filter((one) => one !== undefined);
  if (given.length > 1)
    throw combination('The parameters Value, Values and StatisticValues are mutually exclusive.');
  if (Value !== undefined) return observation(finite(Value));
  if (StatisticValues) {
    const { SampleCount, Sum, Minimum, Maximum } = StatisticValues;
    if (SampleCount === undefined || Sum === undefined || Minimum === undefined || Maximum === undefined)
      throw missing('StatisticValues');
    return { count: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum, values: undefined };
  }
  if (!Values || Values.length === 0) throw missing('MetricData.member.1.Value');
  if (Values.length > 150) throw invalid('The collection Values must not have a size greater than 150.');
  if (Counts && Counts.length !== Values.length)
    throw invalid('The parameters Values and Counts must have the same length.');
  return Values.map((value, index) => observation(finite(value), Counts?.[index] ?? 1)).reduce(merge);
}

function finite(value: number): number {
  if (!Number.isFinite(value))
    throw invalid(`The value ${value} for parameter MetricData.member.1.Value is invalid.`);
  return value;
}
