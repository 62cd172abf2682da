import { invalid, notEnacted } from '../errors.ts';
import type { StatisticSet } from './statistic-set.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
export type Statistic = (set: StatisticSet) => number | undefined;

const PLAIN: Readonly<Record<string, Statistic>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};
const PERCENTILE = /^p(\d{1,2}(\.\d{1,10})?|100)$/;

export const isPlain = (name: string): boolean => Object.hasOwn(PLAIN, name);

/** The statistic of that name. */
export function statistic(name: string): Statistic {
  const plain = isPlain(name) ? PLAIN[name] : undefined;
  if (plain) return plain;
  const [, percent] = PERCENTILE.exec(name) ?? [];
  if (percent !== undefined) return (set) => percentile(set, Number(percent) / 100);
  if (/^(tm|wm|tc|ts|pr|iqm)/i.test(name)) throw notEnacted(`The statistic ${name}`);
  throw invalid(`The value ${name} for parameter Statistic is not supported.`);
}

/** The smallest observed value that the given part of all does not exceed. Sets of which only the sums are known have none. */
function percentile({ values, count }: StatisticSet, part: number): number | undefined {
  if (!values) return undefined;
  let seen = 0;
  const enough = Number((part * count).toPrecision(12));
  const sorted = [...values].sort(([a], [b]) => a - b);
  for (const [value, times] of sorted) {
    seen += times;
    if (seen >= enough) return value;
  }
  return sorted.at(-1)?.[0];
}

/**
 * Whether there are too few observations for a percentile to mean something.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 */
export function isLowSample(name: string, { count }: StatisticSet): boolean {
  const [, percent] = PERCENTILE.exec(name) ?? [];
  if (percent === undefined) return false;
  const part = Number(percent) / 100;
  // 1 - 0.9 is a little less than 0.1.
  return count < Number((10 / (part >= 0.5 ? 1 - part : part)).toPrecision(12));
}
