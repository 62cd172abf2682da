/** What is kept of the observations of one minute: enough for every statistic. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Observed value → how often; absent where a set was put of which only the sums are known. */
  readonly values: ReadonlyMap<number, number> | undefined;
}

/** Above this many different values in a set they are kept to three digits, so that a busy minute stays small. */
const EXACT = 500;

export const observation = (value: number, count = 1): StatisticSet => ({
  count,
  sum: value * count,
  minimum: value,
  maximum: value,
  values: new Map([[value, count]]),
});

/** Both together. */
export function merge(one: StatisticSet, other: StatisticSet): StatisticSet {
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
    values: mergeValues(one.values, other.values),
  };
}

function mergeValues(one: StatisticSet['values'], other: StatisticSet['values']): StatisticSet['values'] {
  if (!one || !other) return undefined;
  const values = new Map(one);
  for (const [value, count] of other) values.set(value, (values.get(value) ?? 0) + count);
  if (values.size <= EXACT) return values;
  const rounded = new Map<number, number>();
  for (const [value, count] of values) {
    const short = Number(value.toPrecision(3));
    rounded.set(short, (rounded.get(short) ?? 0) + count);
  }
  return rounded;
}
