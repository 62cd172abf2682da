import { beforeEach, describe, expect, test } from 'vitest';
import { testRegion, type TestRegion } from './test-region.ts';
import { refusal, testResources } from './test-resources.ts';

let api: TestRegion['api'];
let TargetGroupArn: string;
beforeEach(async () => {
  ({ api } = testRegion());
  TargetGroupArn = await testResources({ api }).targetGroup();
});
const set = (attributes: Readonly<Record<string, string>>) =>
  refusal(
    api.ModifyTargetGroupAttributes({
      TargetGroupArn,
      Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
    }),
  );

describe('attributes of target groups', () => {
  test.each([
    ['deregistration_delay.timeout_seconds', ['0', '3600'], ['-1', '3601', 'off']],
    ['slow_start.duration_seconds', ['0', '30', '900'], ['29', '901', '1.5']],
  ])('%s', async (key, taken, refused) => {
    for (const value of taken) expect(await set({ [key]: value })).toBe('accepted');
    for (const value of refused)
      expect(await set({ [key]: value })).toBe(
        `ValidationError: '${value}' is not a valid value for attribute '${key}'`,
      );
  });

  test('slow start goes with round robin alone', async () => {
    const least = { 'load_balancing.algorithm.type': 'least_outstanding_requests' };
    const slow = { 'slow_start.duration_seconds': '30' };
    expect(await set({ ...least, ...slow })).toMatch(/^ValidationError: Slow start/);
    expect(await set(slow)).toBe('accepted');
    expect(await set(least)).toMatch(/^ValidationError: Slow start/);
    expect(await set({ ...least, 'slow_start.duration_seconds': '0' })).toBe('accepted');
  });

  test('the minimum for routing is not above that for DNS', async () => {
    const minimum = (what: string, unit: string) =>
      `target_group_health.${what}.minimum_healthy_targets.${unit}`;
    const routing = { [minimum('unhealthy_state_routing', 'count')]: '2' };
    expect(await set(routing)).toMatch(/^ValidationError: The minimum healthy target count/);
    expect(await set({ ...routing, [minimum('dns_failover', 'count')]: '2' })).toBe('accepted');
    const half = { [minimum('unhealthy_state_routing', 'percentage')]: '50' };
    expect(await set({ ...half, [minimum('dns_failover', 'percentage')]: '40' })).toMatch(/^ValidationError/);
    expect(await set({ ...half, [minimum('dns_failover', 'percentage')]: '50' })).toBe('accepted');
  });

  test('what is not enacted is refused', async () => {
    expect(await set({ 'load_balancing.algorithm.anomaly_mitigation': 'on' })).toMatch(
      /^UnsupportedOperation/,
    );
    expect(await set({ 'load_balancing.algorithm.type': 'weighted_random' })).toMatch(
      /^UnsupportedOperation/,
    );
  });
});
