import { afterEach, describe, expect, test } from 'vitest';
import { simulate, type Behaviour, type Simulation } from '../simulation.ts';
import type { Config } from '../testing.ts';
import type { TargetConfig } from '../protocol.ts';
import { neededHealthy } from './minimum-healthy.ts';

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (target group health)
let simulation: Simulation;
afterEach(() => simulation.close());

const target = (port: number, known?: TargetConfig['known']): TargetConfig => ({
  address: '127.0.0.1',
  port,
  draining: false,
  ...(known ? { known } : {}),
});
/** Answers requests, whatever it says to health checks. */
const share = async (config: Config, behaviours: Readonly<Record<number, Behaviour>> = {}) => {
  simulation = simulate({ pace: 'aws', ...config }, behaviours);
  await simulation.clock.advance(0);
  return simulation.share(12);
};

describe('who gets requests', () => {
  test('healthy targets alone, while there are any', async () => {
    expect(await share({ targets: [target(1, 'healthy'), target(2, 'unhealthy')] }, { 2: 500 })).toEqual({
      1: 12,
    });
  });
  test('all of them, when all are unhealthy', async () => {
    const targets = [target(1, 'unhealthy'), target(2, 'unhealthy')];
    expect(await share({ targets })).toEqual({ 1: 6, 2: 6 });
  });
  test('never one that has not passed or failed its first checks', async () => {
    expect(await share({ targets: [target(1, 'unhealthy'), target(2)] }, { 2: 'holds' })).toEqual({ 1: 12 });
    simulation.close();
    expect(await share({ targets: [target(2)] }, { 2: 'holds' })).toEqual({ 503: 12 });
  });
  test('nobody in an empty group: 503', async () => {
    expect(await share({ targets: [] })).toEqual({ 503: 12 });
  });
});

describe('minimum of healthy targets', () => {
  const three = [target(1, 'healthy'), target(2, 'healthy'), target(3, 'unhealthy')];
  test.each([
    [{ count: 2 }, { 1: 6, 2: 6 }],
    [{ count: 3 }, { 1: 4, 2: 4, 3: 4 }],
    [
      { count: 1, percentage: 66 },
      { 1: 6, 2: 6 },
    ],
    [
      { count: 1, percentage: 67 },
      { 1: 4, 2: 4, 3: 4 },
    ],
  ])('%j', async (minimumHealthy, shares) => {
    expect(await share({ targets: three, minimumHealthy })).toEqual(shares);
  });
  test('one at least', () => {
    expect(neededHealthy(undefined, 0)).toBe(1);
    expect(neededHealthy({ count: 1, percentage: 50 }, 1)).toBe(1);
    expect(neededHealthy({ count: 1, percentage: 50 }, 5)).toBe(3);
  });
});
