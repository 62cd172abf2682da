import { expect, test } from 'vitest';
import type { Query } from '../metrics/get.ts';
import { compileExpression } from './compile.ts';

/** Metrics by id, with a value for the minutes 0 and 1, or none. */
const metrics: Readonly<Record<string, readonly (number | undefined)[]>> = {
  m1: [6, 10],
  m2: [3, undefined],
  zero: [0, 0],
};
const get = (id: string): Query => {
  const values = metrics[id];
  if (!values) throw new Error(`no ${id}`);
  return { period: 60_000, value: (start) => values[start / 60_000] };
};
const values = (text: string) => {
  const { value } = compileExpression(text, get);
  return [value(0), value(60_000)];
};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
test.each([
  ['m1', [6, 10]],
  ['m1 + m2', [9, undefined]],
  ['m1 - m2 - 1', [2, undefined]],
  ['m1/m2*100', [200, undefined]],
  ['1+m1*2', [13, 21]],
  ['(1+m1)*2', [14, 22]],
  ['m1^2', [36, 100]],
  ['-m1', [-6, -10]],
  ['FILL(m2, 0)', [3, 0]],
  ['m1 + FILL(m2, m1)', [9, 20]],
  ['m1 / zero', [undefined, undefined]],
  ['100 * (m1 / FILL(m2, 1))', [200, 1000]],
])('%s', (text, expected) => {
  expect(values(text)).toEqual(expected);
});

test.each([
  ['SUM(METRICS())', 'The function SUM in the expression "SUM(METRICS())" is not enacted'],
  ['m1 +', 'is not one'],
  ['m1 m2', 'is not one'],
  ['(m1', 'is not one'],
  ['M1', 'is not one'],
  ['1 + 2', 'names no metric'],
  ['FILL(m1)', 'is not one'],
  ['m1 + .5', 'is not one'],
])('%s is refused', (text, message) => expect(() => compileExpression(text, get)).toThrow(message));

test('metrics of different periods have no common minutes', () => {
  const two = (id: string): Query => ({ period: id === 'm1' ? 60_000 : 300_000, value: () => 1 });
  expect(() => compileExpression('m1 + m2', two)).toThrow('different periods');
});
