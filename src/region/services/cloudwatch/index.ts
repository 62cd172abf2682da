import type { Internal, Measurement, Region, Service } from '../../region.ts';
import { alarmHandlers } from './alarms/alarms.ts';
import { createEvaluator } from './alarms/evaluator.ts';
import { historyHandlers } from './alarms/history.ts';
import { tagHandlers } from './alarms/tags.ts';
import { getMetricHandlers } from './metrics/get.ts';
import { listMetricHandlers } from './metrics/list.ts';
import { putMetricHandlers } from './metrics/put.ts';
import { observation } from './metrics/statistic-set.ts';
import { watched } from './metrics/watched.ts';
import { createState, type Sdk } from './state.ts';

/** Amazon CloudWatch: metrics of what happens in the region, and alarms on them. */
export function createCloudWatch(region: Region): Service<Sdk, Internal['cloudwatch']> {
  const state = createState(region);
  const evaluator = createEvaluator(state);
  return {
    handlers: {
      ...putMetricHandlers(state),
      ...getMetricHandlers(state),
      ...listMetricHandlers(state),
      ...alarmHandlers(state, evaluator),
      ...historyHandlers(state),
      ...tagHandlers(state),
    },
    internal: {
      record(measurements: readonly Measurement[]) {
        for (const { value, unit, at, ...name } of measurements)
          state.series.add(name, unit, at, observation(value));
      },
      watched: (namespace, dimensions) => watched(state, namespace, dimensions),
    },
    start: evaluator.start,
    stop: evaluator.stop,
  };
}
