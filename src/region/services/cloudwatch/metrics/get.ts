import type { Datapoint, MetricDataQuery, MetricDataResult, StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Handlers } from '../../../gateway/types.ts';
import { combination, invalid, missing, operation } from '../errors.ts';
import { compileExpression } from '../math/compile.ts';
import type { CloudWatch, Sdk } from '../state.ts';
import { checkPeriod, readDimensions, requireText } from './input.ts';
import type { MetricName, Series } from './series.ts';
import { isPlain, statistic } from './statistic.ts';

/** A day's worth: no more is kept. */
const MOST_POINTS = 1440;

export function getMetricHandlers({ series, asked, region }: CloudWatch): Handlers<Sdk> {
  const ask = (namespace: string) => void asked.set(namespace, region.clock.now());
  return {
    /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
    GetMetricStatistics: operation(
      [
        'Namespace',
        'MetricName',
        'Dimensions',
        'StartTime',
        'EndTime',
        'Period',
        'Statistics',
        'ExtendedStatistics',
        'Unit',
      ],
      ({
        Namespace,
        MetricName,
        Dimensions,
        StartTime,
        EndTime,
        Period,
        Statistics = [],
        ExtendedStatistics = [],
        Unit,
      }) => {
        const name = {
          namespace: requireText('Namespace', Namespace),
          metric: requireText('MetricName', MetricName),
          dimensions: readDimensions(Dimensions),
        };
        ask(name.namespace);
        const names = [...Statistics, ...ExtendedStatistics];
        if (names.length === 0) throw combination('Must specify either Statistics or ExtendedStatistics');
        const period = checkPeriod(Period);
        const range = checkRange(StartTime, EndTime, period, 'StartTime', 'EndTime');
        const Datapoints = starts(range, period).flatMap((start): Datapoint[] => {
          const set = series.read(name, start, period, Unit);
          if (!set) return [];
          const values = names.map((each): [string, number | undefined] => [each, statistic(each)(set)]);
          const extended = values.filter(
            (entry): entry is [string, number] => !isPlain(entry[0]) && entry[1] !== undefined,
          );
          return [
            {
              Timestamp: new Date(start),
              Unit: Unit ?? unitOf(series, name, start, period),
              ...Object.fromEntries(values.filter(([each]) => isPlain(each))),
              ...(extended.length > 0 ? { ExtendedStatistics: Object.fromEntries(extended) } : {}),
            },
          ];
        });
        return { Label: name.metric, Datapoints };
      },
    ),
    /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
    GetMetricData: operation(
      ['MetricDataQueries', 'StartTime', 'EndTime', 'ScanBy', 'MaxDatapoints', 'NextToken'],
      ({ MetricDataQueries = [], StartTime, EndTime, ScanBy = 'TimestampDescending', NextToken }) => {
        if (NextToken !== undefined) throw invalid('The NextToken is invalid.');
        for (const { MetricStat } of MetricDataQueries)
          if (MetricStat?.Metric?.Namespace) ask(MetricStat.Metric.Namespace);
        const read = compileQueries(series, MetricDataQueries);
        const MetricDataResults = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map(
          (query): MetricDataResult => {
            const { period, value } = read(query.Id ?? '');
            const range = checkRange(StartTime, EndTime, period, 'StartTime', 'EndTime');
            const points = starts(range, period).flatMap((start) => {
              const found = value(start);
              return found === undefined ? [] : [{ start, found }];
            });
            if (ScanBy === 'TimestampDescending') points.reverse();
            return {
              Id: query.Id,
              Label: query.Label ?? query.MetricStat?.Metric?.MetricName ?? query.Id,
              Timestamps: points.map(({ start }) => new Date(start)),
              Values: points.map(({ found }) => found),
              StatusCode: 'Complete',
            };
          },
        );
        return { MetricDataResults, Messages: [] };
      },
    ),
  };
}

/** A query's value for the period that begins at a time. */
export interface Query {
  /** Milliseconds. */
  readonly period: number;
  value(start: number): number | undefined;
}

/** Queries by their id: statistics of metrics, and arithmetic with them. */
export function compileQueries(series: Series, queries: readonly MetricDataQuery[]): (id: string) => Query {
  const made = new Map<string, Query>();
  const making = new Set<string>();
  const get = (id: string): Query => {
    const known = made.get(id);
    if (known) return known;
    const query = queries.find(({ Id }) => Id === id);
    if (!query) throw invalid(`The expression refers to ${id}, which is not the Id of a query.`);
    if (making.has(id)) throw invalid(`The expression of ${id} refers to itself.`);
    making.add(id);
    const compiled = compileQuery(series, query, get);
    made.set(id, compiled);
    return compiled;
  };
  const ids = queries.map(({ Id }) => Id);
  if (new Set(ids).size < ids.length)
    throw invalid('The values for parameter Id in MetricDataQueries are not unique.');
  for (const { Id = '' } of queries) get(Id);
  return get;
}

function compileQuery(series: Series, query: MetricDataQuery, get: (id: string) => Query): Query {
  const { Id = '', MetricStat, Expression, Period } = query;
  if (!/^[a-z][A-Za-z0-9_]{0,254}$/.test(Id))
    throw invalid(
      `The value ${Id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$`,
    );
  if ((MetricStat === undefined) === (Expression === undefined))
    throw combination('Exactly one of the parameters MetricStat and Expression must be specified.');
  if (Expression !== undefined)
    return compileExpression(Expression, get, Period === undefined ? undefined : checkPeriod(Period));
  const { Metric, Stat, Unit } = MetricStat!;
  const name: MetricName = {
    namespace: requireText('Namespace', Metric?.Namespace),
    metric: requireText('MetricName', Metric?.MetricName),
    dimensions: readDimensions(Metric?.Dimensions),
  };
  const period = checkPeriod(MetricStat!.Period);
  const of = statistic(requireText('Stat', Stat));
  return {
    period,
    value(start) {
      const set = series.read(name, start, period, Unit);
      return set && of(set);
    },
  };
}

function checkRange(
  from: Date | undefined,
  to: Date | undefined,
  period: number,
  fromName: string,
  toName: string,
): { readonly from: number; readonly to: number } {
  if (!from) throw missing(fromName);
  if (!to) throw missing(toName);
  if (from >= to) throw invalid(`The parameter ${fromName} must be less than the parameter ${toName}.`);
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html: 1,440 in one call
  if ((to.getTime() - from.getTime()) / period > MOST_POINTS)
    throw combination(
      `You have requested up to ${Math.ceil((to.getTime() - from.getTime()) / period)} datapoints, which exceeds the limit of ${MOST_POINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  return { from: from.getTime(), to: to.getTime() };
}

/** Rounded down to the period, the last one excluded. */
function starts({ from, to }: { readonly from: number; readonly to: number }, period: number): number[] {
  const first = Math.floor(from / period) * period;
  return Array.from({ length: Math.ceil((to - first) / period) }, (_, index) => first + index * period);
}

function unitOf(series: Series, name: MetricName, start: number, period: number): StandardUnit {
  const units: readonly StandardUnit[] = [
    'Count',
    'Percent',
    'Seconds',
    'Bytes',
    'Count/Second',
    'Milliseconds',
  ];
  return units.find((unit) => series.read(name, start, period, unit)) ?? 'None';
}
