import { expect, test } from 'vitest';
import { manualClock } from '../common/clock.ts';
import { startReconciler } from './reconciler.ts';
import { openStore } from './store/store.ts';

function setUp(run: () => Promise<number | void> | number | void) {
  const store = openStore();
  const clock = manualClock();
  const said: string[] = [];
  const reconciler = startReconciler({
    store,
    clock,
    log: (text) => said.push(text),
    name: 'test',
    watch: ['a/'],
    run,
  });
  return { store, clock, said, reconciler };
}

test('runs at the start, at each write it watches, and when it asked for', async () => {
  let runs = 0;
  const { store, clock } = setUp(() => {
    runs++;
    return runs === 2 ? 500 : undefined;
  });
  await clock.advance(0);
  expect(runs).toBe(1);
  store.table('b/other').put('1', {});
  await clock.advance(0);
  expect(runs).toBe(1);
  store.table('a/things').put('1', {});
  await clock.advance(0);
  expect(runs).toBe(2);
  await clock.advance(499);
  expect(runs).toBe(2);
  await clock.advance(1);
  expect(runs).toBe(3);
});

test('never runs twice at once, and settled waits for a run that began after it was asked', async () => {
  let active = 0;
  let runs = 0;
  const { clock, reconciler } = setUp(async () => {
    expect(++active).toBe(1);
    await new Promise<void>((resolve) => setImmediate(resolve));
    active--;
    runs++;
  });
  const settled = reconciler.settled();
  reconciler.wake();
  await settled;
  expect(runs).toBeGreaterThanOrEqual(2);
  await reconciler.stop();
  await clock.advance(5000);
  expect(active).toBe(0);
});

test('a failure is told, reported to who waits, and tried again a second later', async () => {
  let runs = 0;
  const { clock, said, reconciler } = setUp(() => {
    if (++runs <= 2) throw new Error('no luck');
  });
  await expect(reconciler.settled()).rejects.toThrow('no luck');
  expect(said[0]).toBe('test: no luck');
  await clock.advance(1000);
  expect(runs).toBe(3);
});
