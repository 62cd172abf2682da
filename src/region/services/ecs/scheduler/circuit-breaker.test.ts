import { expect, test } from 'vitest';
import { breakerThreshold } from './circuit-breaker.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html */
test('half of the desired count, within 3 and 200', () => {
  expect([0, 1, 6, 7, 25, 399, 400, 800].map((desired) => breakerThreshold(desired))).toEqual([
    3, 3, 3, 4, 13, 200, 200, 200,
  ]);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html */
test('a count, or a share with and without bounds', () => {
  expect(breakerThreshold(800, { type: 'COUNT', value: 1 })).toBe(1);
  expect(breakerThreshold(20, { type: 'BOUNDED_PERCENT', value: 10 })).toBe(3);
  expect(breakerThreshold(800, { type: 'UNBOUNDED_PERCENT', value: 50 })).toBe(400);
  expect(breakerThreshold(20, { type: 'UNBOUNDED_PERCENT', value: 10 })).toBe(2);
});
