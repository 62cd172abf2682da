import type { CloudWatch } from '../state.ts';
import { readDimensions } from './input.ts';

const ASKED_FOR = 15 * 60_000;

/** Whether anybody looks at metrics of these dimensions: what nobody looks at need not be measured. */
export function watched(
  { alarms, asked, region }: CloudWatch,
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
): boolean {
  if ((asked.get(namespace) ?? -Infinity) > region.clock.now() - ASKED_FOR) return true;
  for (const { configuration } of alarms.values()) {
    const stats = [
      { Namespace: configuration.Namespace, Dimensions: configuration.Dimensions },
      ...(configuration.Metrics ?? []).map(({ MetricStat }) => ({
        Namespace: MetricStat?.Metric?.Namespace,
        Dimensions: MetricStat?.Metric?.Dimensions,
      })),
    ];
    for (const { Namespace, Dimensions } of stats) {
      if (Namespace !== namespace) continue;
      const wanted = readDimensions(Dimensions);
      if (Object.entries(dimensions).every(([name, value]) => (wanted[name] ?? value) === value)) return true;
    }
  }
  return false;
}
