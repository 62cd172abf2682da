import { expect, test } from 'vitest';
import { testRegion } from './test-region.ts';
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
