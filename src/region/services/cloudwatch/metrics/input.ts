import type { Dimension } from '@aws-sdk/client-cloudwatch';
import { invalid, missing, notEnacted } from '../errors.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html: up to 30, each name once */
export function readDimensions(dimensions: readonly Dimension[] = []): Readonly<Record<string, string>> {
  if (dimensions.length > 30)
    throw invalid('The collection Dimensions must not have a size greater than 30.');
  const read: Record<string, string> = {};
  for (const { Name = '', Value = '' } of dimensions) {
    if (Name === '' || Value === '') throw invalid('A dimension must have a Name and a Value.');
    if (Object.hasOwn(read, Name)) throw invalid(`The dimension ${Name} is given twice.`);
    read[Name] = Value;
  }
  return read;
}

export const writeDimensions = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

/** Minutes are the finest that is kept. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export function checkPeriod(period: number | undefined): number {
  if (period === undefined) throw missing('Period');
  if ([1, 5, 10, 20, 30].includes(period))
    throw notEnacted(`A period of ${period} seconds, of metrics of high resolution,`);
  if (!(period > 0 && period % 60 === 0)) throw invalid('The parameter Period must be a multiple of 60.');
  return period * 1000;
}

export function requireText(name: string, value: string | undefined): string {
  if (!value) throw missing(name);
  return value;
}
