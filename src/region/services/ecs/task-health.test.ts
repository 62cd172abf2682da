import { array, assert, asyncProperty, boolean, integer, nat } from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import { startHealthCheck } from './agent/health-check.ts';
import { endedProcess, testRegion } from './test-region.ts';
import { runOne } from './test-task.ts';

const healthCheck = { command: ['CMD-SHELL', 'true'], interval: 5, retries: 2 };

test('HEALTHY waits for the first success, and the start timeout ends the waiting', async () => {
  const slow = testRegion();
  slow.programs.health.set('sidecar:1', 1);
  const containers = [
    { dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' as const }] },
    { healthCheck, startTimeout: 20 },
  ];
  const { advance, trace, programs, task } = await runOne(containers, {}, slow);
  await advance(4000);
  expect(trace).toEqual(['start sidecar:1']);
  programs.health.set('sidecar:1', 0);
  await advance(5000);
  expect(trace).toEqual(['start sidecar:1', 'start api:1']);
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });

  const never = testRegion();
  never.programs.health.set('sidecar:1', 1);
  const waiting = await runOne(containers, {}, never);
  await waiting.advance(21_000);
  expect(await waiting.task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
});

test('health: retries in a row make a container unhealthy, failures in the start period do not count', async () => {
  const region = testRegion();
  region.programs.health.set('api:1', 1);
  const { advance, task } = await runOne([{ healthCheck: { ...healthCheck, startPeriod: 20 } }], {}, region);
  await advance(20_000);
  expect(await task()).toMatchObject({ healthStatus: 'UNKNOWN' });
  await advance(10_000);
  expect(await task()).toMatchObject({
    healthStatus: 'UNHEALTHY',
    lastStatus: 'RUNNING',
    containers: [{ reason: 'its health check said: ended with 1' }],
  });
  region.programs.health.set('api:1', 0);
  await advance(5000);
  const healthy = await task();
  expect(healthy).toMatchObject({ healthStatus: 'HEALTHY' });
  expect(healthy.containers?.[0]?.reason).toBeUndefined();
});

test('property: healthy after a success, unhealthy only after as many failures in a row as there are retries', () =>
  assert(
    asyncProperty(
      array(boolean(), { minLength: 1, maxLength: 30 }),
      integer({ min: 1, max: 5 }),
      nat(60),
      async (results, retries, startPeriod) => {
        const clock = manualClock();
        const began = clock.now();
        const told: string[] = [];
        let asked = 0;
        const stop = startHealthCheck({
          clock,
          pace: 'aws',
          check: { command: ['CMD', 'check'], interval: 10, retries, startPeriod },
          container: { exec: () => endedProcess(results[asked++] ? 0 : 1) },
          onStatus: (status) => told.push(`${(clock.now() - began) / 10_000} ${status}`),
        });
        await clock.advance(results.length * 10_000);
        stop();
        expect(asked).toBe(results.length);
        expect(told).toEqual(statuses(results, retries, startPeriod));
      },
    ),
    { numRuns: 60 },
  ));

/** What the page says, in one pass over the results: by the interval after which it is known. */
function statuses(results: readonly boolean[], retries: number, startPeriod: number): readonly string[] {
  return results.flatMap((healthy, index) => {
    const before = results.slice(0, index + 1);
    if (healthy) return [`${index + 1} HEALTHY`];
    const first = before.indexOf(true);
    const counted = before.filter((_, at) => (first !== -1 && at > first) || (at + 1) * 10 >= startPeriod);
    const row = counted.length - 1 - counted.lastIndexOf(true);
    return row >= retries ? [`${index + 1} UNHEALTHY`] : [];
  });
}
