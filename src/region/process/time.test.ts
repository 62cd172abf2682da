import { expect, test } from 'vitest';
import { manualClock } from '../../common/clock.ts';
import { openStore } from '../store/store.ts';
import { fromArguments, toArguments, type RegionSettings } from './settings.ts';
import { regionTime } from './time.ts';

test('scaled time goes on from where it was after a restart, at whatever scale, and never back', async () => {
  const machine = manualClock();
  const store = openStore();
  const began = machine.now();
  const first = regionTime(store, 20, machine);
  await machine.advance(60_000);
  expect(first.clock.now() - began).toBe(20 * 60_000);
  first.save();
  await machine.advance(1000);

  const second = regionTime(store, 1, machine);
  expect(second.clock.now() - began).toBe(20 * 60_000);
  await machine.advance(1000);
  expect(second.clock.now() - began).toBe(20 * 60_000 + 1000);
  second.save();
});

test('a region that was killed goes back by no more than a moment', async () => {
  const machine = manualClock();
  const store = openStore();
  const first = regionTime(store, 100, machine);
  await machine.advance(12_000);
  const lost = first.clock.now() - regionTime(store, 1, machine).clock.now();
  expect(lost).toBeGreaterThanOrEqual(0);
  expect(lost).toBeLessThanOrEqual(5_000 * 100);
});

test('what is scheduled in scaled time is due by it', async () => {
  const machine = manualClock();
  const { clock } = regionTime(openStore(), 10, machine);
  const due: number[] = [];
  clock.schedule(30_000, () => due.push(machine.now()));
  const began = machine.now();
  await machine.advance(2_999);
  expect(due).toEqual([]);
  await machine.advance(1);
  expect(due).toEqual([began + 3_000]);
});

test('a region at the time of the machine keeps nothing of it', () => {
  const machine = manualClock();
  const store = openStore();
  expect(regionTime(store, 1, machine).clock).toBe(machine);
  expect(store.table('region/time').size).toBe(0);
});

test.each<RegionSettings>([
  { timeScale: 1, pace: 'eager', foreground: false, ephemeral: false },
  { timeScale: 0.5, pace: 'aws', foreground: true, ephemeral: true, port: 0 },
])('the arguments of the program say what was wanted', (settings) => {
  expect(fromArguments(toArguments(settings))).toEqual(settings);
});
