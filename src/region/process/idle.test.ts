import { expect, test } from 'vitest';
import type { Region } from '../region.ts';
import { manualClock } from '../../common/clock.ts';
import { openStore } from '../store/store.ts';
import { isIdle, watchIdle } from './idle.ts';

function region(): Pick<Region, 'api' | 'store'> {
  const api = {
    cloudformation: { DescribeStacks: async () => ({ Stacks: [] }) },
    ecs: { ListClusters: async () => ({ clusterArns: [] }) },
    ec2: { DescribeVpcs: async () => ({ Vpcs: [{ IsDefault: true }] }) },
  };
  return { api: api as unknown as Region['api'], store: openStore() };
}

test('a region that holds a repository somebody made is not idle', async () => {
  const held = region();
  expect(await isIdle(held)).toBe(true);
  held.store.table('ecr/repositories').put('shop', { name: 'shop' });
  expect(await isIdle(held)).toBe(false);
});

test('it ends ten minutes after the last call, by the machine’s time', async () => {
  const clock = manualClock();
  let ended = 0;
  const watch = watchIdle(region() as Region, () => void ended++, clock);
  await clock.advance(9 * 60_000);
  watch.busy();
  await clock.advance(9 * 60_000);
  expect(ended).toBe(0);
  await clock.advance(2 * 60_000);
  watch.stop();
  expect(ended).toBeGreaterThan(0);
});
