import { expect, test } from 'vitest';
import { withService, testRegion, type TestRegion } from './test-region.ts';

const mebibyte = 1024 * 1024;

/** A service of two tasks of a quarter processor that take `share` of it, and 128 of their 512 MiB. */
async function busy(share: number, region: TestRegion = testRegion()) {
  const { clock, programs } = region;
  const began = clock.now();
  Object.defineProperty(programs.usage, 'get', {
    value: () => ({ cpuMilliseconds: (clock.now() - began) * 0.25 * share, memoryBytes: 128 * mebibyte }),
  });
  return withService({ desiredCount: 2 }, {}, region);
}
test('each minute of each task is a datum of its service, in percent of what the task reserves', async () => {
  const region = testRegion();
  const began = region.clock.now();
  await busy(0.6, region);
  await region.clock.advance(30_000);
  expect(region.measured).toEqual([]);
  await region.clock.advance(90_000);
  expect(
    new Set(
      region.measured.map(({ dimensions, namespace, unit }) =>
        JSON.stringify({ dimensions, namespace, unit }),
      ),
    ),
  ).toEqual(
    new Set([
      JSON.stringify({
        dimensions: { ClusterName: 'jobs', ServiceName: 'api' },
        namespace: 'AWS/ECS',
        unit: 'Percent',
      }),
    ]),
  );
  expect(
    region.measured.map(({ metric, value, at }) => `${Math.floor((at - began) / 60_000)} ${metric} ${value}`),
  ).toEqual([
    '0 CPUUtilization 60',
    '0 MemoryUtilization 25',
    '0 CPUUtilization 60',
    '0 MemoryUtilization 25',
    '1 CPUUtilization 60',
    '1 MemoryUtilization 25',
    '1 CPUUtilization 60',
    '1 MemoryUtilization 25',
  ]);
});

test('a task takes no more than what it has reserved', async () => {
  const region = testRegion();
  await busy(3, region);
  await region.clock.advance(60_000);
  expect(region.measured[0]).toMatchObject({ metric: 'CPUUtilization', value: 100 });
});

test('nothing is read where nobody looks, and all from the alarm on', async () => {
  const region = testRegion();
  region.watchers.present = false;
  const { clock, programs, measured } = region;
  let reads = 0;
  Object.defineProperty(programs.usage, 'get', {
    value: () => ({ cpuMilliseconds: reads++, memoryBytes: 1 }),
  });
  await withService({ desiredCount: 2 }, {}, region);
  await clock.advance(10 * 60_000);
  expect(reads).toBe(0);
  await clock.advance(20_000);
  region.watchers.present = true;
  region.store.table('cloudwatch/alarms').put('high', {});
  await clock.advance(0);
  expect(reads).toBe(2);
  await clock.advance(40_000);
  expect(measured).toHaveLength(4);
});

test('a standalone task is of no service, and is not measured', async () => {
  const region = testRegion();
  await busy(1, region);
  await region.api.UpdateService({ cluster: 'jobs', service: 'api', desiredCount: 0 });
  await region.clock.advance(120_000);
  expect(region.measured).toEqual([]);
});
