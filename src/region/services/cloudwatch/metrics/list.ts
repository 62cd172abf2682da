import { pageAfter } from '../../../gateway/page.ts';
import type { Handlers } from '../../../gateway/types.ts';
import { invalidToken, operation } from '../errors.ts';
import type { CloudWatch, Sdk } from '../state.ts';
import { writeDimensions } from './input.ts';

const THREE_HOURS = 3 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export function listMetricHandlers({ series, asked, region }: CloudWatch): Handlers<Sdk> {
  return {
    ListMetrics: operation(
      ['Namespace', 'MetricName', 'Dimensions', 'NextToken', 'RecentlyActive'],
      ({ Namespace, MetricName, Dimensions = [], NextToken, RecentlyActive }) => {
        const now = region.clock.now();
        if (Namespace) asked.set(Namespace, now);
        const matching = series
          .list()
          .filter(
            ({ namespace, metric, dimensions, lastAt }) =>
              (!Namespace || namespace === Namespace) &&
              (!MetricName || metric === MetricName) &&
              (!RecentlyActive || lastAt > now - THREE_HOURS) &&
              Dimensions.every(({ Name = '', Value }) =>
                Value === undefined ? Object.hasOwn(dimensions, Name) : dimensions[Name] === Value,
              ),
          )
          .map(({ namespace, metric, dimensions }) => ({
            Namespace: namespace,
            MetricName: metric,
            Dimensions: writeDimensions(dimensions),
          }));
        const { items, next } = pageAfter(
          matching,
          (one) => JSON.stringify(one),
          500,
          NextToken,
          invalidToken,
        );
        return { Metrics: [...items], ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}
