import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import { eventually, liveRuntime, type LiveRuntime } from '../testing/live-runtime.ts';
import { memoryGuard, pauseFor } from './memory-guard.ts';
import { cpuOf, residents, sumOf, usageOf } from './usage.ts';

const mebibyte = 1024 * 1024;

test('CPU time is read behind a name that may hold anything', () => {
  const fields = ['S', ...Array.from({ length: 10 }, () => '7'), '1', '2', '30', '40', '9', '9'];
  expect(cpuOf(`12 (a) b (c) ${fields.join(' ')}`)).toBe(730);
});

test('sizes are summed, and one that the kernel does not tell is none', () => {
  const status = 'RssAnon:\t     100 kB\nRssFile:\t     7 kB\nRssShmem:\t       3 kB\n';
  expect(sumOf(status, ['RssAnon', 'RssShmem', 'RssNone'])).toBe(103 * 1024);
});

test('a process that grows is looked at before it can be there', () => {
  expect(pauseFor(100, 0, 2000)).toBe(3000);
  expect(pauseFor(100, -5, 200)).toBe(400);
  expect(pauseFor(1000, 1, 3000)).toBe(500);
  expect(pauseFor(1, 1, 3000)).toBe(100);
});

test('this very process is read', () => {
  const own = residents('/proc')?.find(({ pid }) => pid === String(process.pid));
  expect(own?.memoryBytes).toBeGreaterThan(5 * mebibyte);
  expect(usageOf('/proc')?.cpuMilliseconds).toBeGreaterThan(0);
  expect(residents('/proc/none')).toBeUndefined();
  expect(usageOf('/proc/none')).toBeUndefined();
});

test('nobody looks where nothing is watched', async () => {
  const clock = manualClock();
  let looks = 0;
  const unwatch = memoryGuard(clock).watch(
    { path: () => (looks++, undefined), kill: async () => {} },
    { group: { name: 'task', bytes: 1 } },
  );
  await clock.advance(3100);
  expect(looks).toBe(5);
  await clock.advance(12_000);
  expect(looks).toBe(9);
  unwatch();
  await clock.advance(10_000);
  expect(looks).toBe(9);
});

describe('a container', () => {
  let live: LiveRuntime;
  beforeAll(async () => {
    live = await liveRuntime();
  });
  afterAll(() => live.stop());

  const holding = (mebibytes: number) =>
    `dd if=/dev/zero of=/dev/null bs=${mebibytes}M count=1000000 2>/dev/null`;
  const sh = (script: string) => ['sh', '-c', script];

  it('tells what it uses, and nothing once it has ended', async () => {
    const container = await live.start('busybox', { argv: sh(`exec ${holding(30)}`) });
    const used = await eventually(async () => {
      const usage = await container.usage?.();
      return usage && usage.memoryBytes > 30 * mebibyte && usage.cpuMilliseconds > 100 ? usage : undefined;
    }, 'it uses something');
    expect(used.memoryBytes).toBeLessThan(35 * mebibyte);
    await container.signal('SIGKILL');
    expect(await container.exited).toEqual({ code: 137, signal: 'SIGKILL' });
    expect(await container.usage?.()).toBeUndefined();
    await container.remove();
  });

  it('shares pages with its children, which are counted once', async () => {
    const script =
      'x=$(head -c 20000000 /dev/zero | tr "\\0" x); for i in 1 2 3 4; do (while :; do sleep 1; done) & done; echo up; wait';
    const container = await live.start('busybox', { argv: sh(script) });
    await eventually(async () => container.output() || undefined, 'it is up');
    const { memoryBytes = 0 } = (await container.usage?.()) ?? {};
    expect(memoryBytes).toBeGreaterThan(19 * mebibyte);
    expect(memoryBytes).toBeLessThan(70 * mebibyte);
    await container.remove();
  });

  it('is killed beyond its limit, with the code of SIGKILL', async () => {
    const memory = { bytes: 40 * mebibyte, group: { name: 'one', bytes: 512 * mebibyte } };
    const container = await live.start('busybox', { argv: sh(`exec ${holding(60)}`), memory });
    expect(await container.exited).toEqual({ code: 137, signal: 'SIGKILL', outOfMemory: true });
    await container.remove();
  });

  it('loses its largest process only, and goes on where that is not its program', async () => {
    const memory = { group: { name: 'two', bytes: 40 * mebibyte } };
    const script = `${holding(60)}; echo survived $?; exit 3`;
    const container = await live.start('busybox', { argv: sh(script), memory });
    expect(await container.exited).toEqual({ code: 3, outOfMemory: true });
    expect(container.output()).toBe('survived 137\n');
    await container.remove();
  });

  it('is spared where another of its group holds more', async () => {
    const memory = { group: { name: 'three', bytes: 80 * mebibyte } };
    const small = await live.start('busybox', { argv: sh(`exec ${holding(30)}`), memory });
    const large = await live.start('busybox', { argv: sh(`exec ${holding(60)}`), memory });
    expect(await large.exited).toMatchObject({ code: 137, outOfMemory: true });
    expect(await small.usage?.()).toBeDefined();
    await Promise.all([small.remove(), large.remove()]);
  });
});
