import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TargetRecord, TrackingPolicy } from '../state.ts';
import { decide } from './decide.ts';
import { adjusted, stepFor } from './step.ts';

const policy: TrackingPolicy = {
  arn: 'policy',
  name: 'policy',
  resourceId: 'service/jobs/api',
  createdAt: new Date(0),
  type: 'TargetTrackingScaling',
  configuration: { TargetValue: 50 },
  alarms: { high: 'high', low: 'low' },
};
const COOLDOWN = 300_000;

test('whatever is measured, the count stays within its bounds, and moves on within a cooldown only to a larger one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 20 }),
      fc.array(
        fc.tuple(fc.constantFrom('high', 'low'), fc.double({ min: 0, max: 500, noNaN: true }), fc.boolean()),
      ),
      (min, more, minutes) => {
        const max = min + more;
        let target: TargetRecord = {
          resourceId: policy.resourceId,
          arn: 'target',
          min,
          max,
          suspended: {
            DynamicScalingInSuspended: false,
            DynamicScalingOutSuspended: false,
            ScheduledScalingSuspended: false,
          },
          tags: {},
          createdAt: new Date(0),
          scaledOut: {},
        };
        let desired = min;
        let out: { readonly until: number; readonly base: number } | undefined;
        let inUntil = 0;
        for (const [index, [name, value, deploying]] of minutes.entries()) {
          const now = index * 60_000;
          const alarm = { name, threshold: 50, value: () => value };
          const outcome = decide(
            target,
            [policy],
            { desired, running: desired, deploying },
            [{ policy, alarm }],
            now,
          );
          if (!outcome || outcome.direction === 'none') continue;
          expect(outcome.capacity).toBeGreaterThanOrEqual(min);
          expect(outcome.capacity).toBeLessThanOrEqual(max);
          if (outcome.direction === 'out') {
            expect(outcome.capacity).toBeGreaterThan(desired);
            if (out && now < out.until) expect(outcome.base).toBe(out.base);
            out = { until: now + COOLDOWN, base: outcome.base };
            target = { ...target, scaledOut: { policy: out }, scaleInAfter: undefined };
            inUntil = 0;
          } else {
            expect(outcome.capacity).toBeLessThan(desired);
            expect(deploying).toBe(false);
            expect(now).toBeGreaterThanOrEqual(inUntil);
            inUntil = now + COOLDOWN;
            target = { ...target, scaleInAfter: inUntil };
          }
          desired = outcome.capacity;
        }
      },
    ),
  );
});

/** The examples of https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html */
describe('steps', () => {
  const steps = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 0 },
    { MetricIntervalLowerBound: 10, MetricIntervalUpperBound: 20, ScalingAdjustment: 10 },
    { MetricIntervalLowerBound: 20, ScalingAdjustment: 30 },
  ];
  test.each([
    [50, 0],
    [60, 10],
    [69.9, 10],
    [70, 30],
    [40, undefined],
  ])('for %d over a threshold of 50', (metric, expected) =>
    expect(stepFor(steps, metric, 50)?.ScalingAdjustment).toBe(expected),
  );

  test.each([
    ['ChangeInCapacity', 3, undefined, 10, 13],
    ['ChangeInCapacity', -20, undefined, 10, 0],
    ['ExactCapacity', 4, undefined, 10, 4],
    ['PercentChangeInCapacity', 10, undefined, 10, 11],
    ['PercentChangeInCapacity', 25, undefined, 6, 7],
    ['PercentChangeInCapacity', 5, undefined, 6, 7],
    ['PercentChangeInCapacity', -5, undefined, 6, 5],
    ['PercentChangeInCapacity', -30, undefined, 9, 7],
    ['PercentChangeInCapacity', 10, 2, 4, 6],
  ] as const)(
    '%s %d (at least %s) of %d',
    (AdjustmentType, ScalingAdjustment, MinAdjustmentMagnitude, current, expected) =>
      expect(adjusted({ AdjustmentType, MinAdjustmentMagnitude }, { ScalingAdjustment }, current)).toBe(
        expected,
      ),
  );
});
