import { merge, type StatisticSet } from './statistic-set.ts';

/** A metric: its namespace, name and dimensions together. */
export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
}
export interface Series {
  /** Adds what was observed at a time. */
  add(name: MetricName, unit: string, at: number, set: StatisticSet): void;
  /** What was observed from `start` on for `length` milliseconds, in one unit or in any. */
  read(name: MetricName, start: number, length: number, unit?: string): StatisticSet | undefined;
  /** Every metric with the time of its last observation. */
  list(): readonly (MetricName & { readonly lastAt: number })[];
}

interface Entry extends MetricName {
  lastAt: number;
  /** Unit → start of a minute → what was observed in it. */
  readonly units: Map<string, Map<number, StatisticSet>>;
}

export const MINUTE = 60_000;
/** What is older is forgotten: it is as much as an alarm of minutes may look back. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MINUTES_KEPT = 24 * 60;
const METRICS_KEPT = 10_000;

export const minuteOf = (at: number): number => Math.floor(at / MINUTE) * MINUTE;

/** Metrics in memory, by the minute: they end with the region's process. */
export function createSeries(): Series {
  const entries = new Map<string, Entry>();
  return {
    add(name, unit, at, set) {
      const key = keyOf(name);
      let entry = entries.get(key);
      if (!entry) {
        entry = { ...name, lastAt: at, units: new Map() };
        entries.set(key, entry);
        if (entries.size > METRICS_KEPT) entries.delete(entries.keys().next().value!);
      }
      entry.lastAt = Math.max(entry.lastAt, at);
      const minutes = entry.units.get(unit) ?? new Map<number, StatisticSet>();
      entry.units.set(unit, minutes);
      const minute = minuteOf(at);
      const before = minutes.get(minute);
      minutes.set(minute, before ? merge(before, set) : set);
      if (minutes.size > MINUTES_KEPT) minutes.delete(Math.min(...minutes.keys()));
    },
    read(name, start, length, unit) {
      const entry = entries.get(keyOf(name));
      if (!entry) return undefined;
      let found: StatisticSet | undefined;
      for (const [each, minutes] of entry.units) {
        if (unit !== undefined && unit !== each) continue;
        for (let minute = minuteOf(start); minute < start + length; minute += MINUTE) {
          const set = minutes.get(minute);
          if (set) found = found ? merge(found, set) : set;
        }
      }
      return found;
    },
    list: () =>
      [...entries.values()].map(({ namespace, metric, dimensions, lastAt }) => ({
        namespace,
        metric,
        dimensions,
        lastAt,
      })),
  };
}

function keyOf({ namespace, metric, dimensions }: MetricName): string {
  return JSON.stringify([namespace, metric, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
