import { expect, test } from 'vitest';
import { openStore } from '../../store/store.ts';
import { testRegion } from './test-region.ts';
import { runOne, timeline } from './test-task.ts';

/** Everything that AWS times takes as long as on AWS: the traces are the rules. */
const aws = () => testRegion({ taskSettles: 40_000 }, openStore(), 'aws');
const check = { command: ['CMD-SHELL', 'true'], interval: 10, timeout: 5, retries: 2 };

test('an essential container that exits at once', async () => {
  const region = aws();
  region.programs.crashing.set('api:1', 3);
  const lines = timeline(region);
  const { advance } = await runOne([{}, { essential: false, stopTimeout: 5 }], {}, region);
  await advance(1000);
  expect(lines).toEqual([
    '0 s PENDING',
    '0 s ACTIVATING',
    '0 s start api:1',
    '0 s start sidecar:1',
    '0 s RUNNING',
    '0.1 s api ended with 3',
    '0.1 s to stop: Essential container in task exited',
    '0.1 s DEACTIVATING',
    '0.1 s STOPPING',
    '0.1 s SIGTERM sidecar:1',
    '0.1 s sidecar ended with 143',
    '0.1 s DEPROVISIONING',
    '0.1 s STOPPED',
  ]);
});

test('a health check: on its interval alone, failures in the start period free, two in a row, and back by one success', async () => {
  const region = aws();
  region.programs.health.set('api:1', 1);
  const lines = timeline(region);
  const healthCheck = { ...check, startPeriod: 25 };
  const { advance, programs } = await runOne([{ healthCheck }], {}, region);
  await advance(52_000);
  programs.health.set('api:1', 0);
  await advance(20_000);
  programs.health.set('api:1', 1);
  await advance(30_000);
  expect(lines).toEqual([
    '0 s PENDING',
    '0 s ACTIVATING',
    '0 s start api:1',
    '0 s RUNNING',
    // 10 and 20 s are within the start period; 30 and 40 s count.
    '40 s api is UNHEALTHY',
    '60 s api is HEALTHY',
    '90 s api is UNHEALTHY',
  ]);
});

test('a success within the start period ends it', async () => {
  const region = aws();
  const lines = timeline(region);
  const healthCheck = { ...check, startPeriod: 300 };
  const { advance, programs } = await runOne([{ healthCheck }], {}, region);
  await advance(12_000);
  programs.health.set('api:1', 1);
  await advance(30_000);
  expect(lines.slice(4)).toEqual(['10 s api is HEALTHY', '30 s api is UNHEALTHY']);
});

test('a health check that hangs fails after its timeout, and the next begins an interval later', async () => {
  const region = aws();
  region.programs.hanging.add('api:1');
  const lines = timeline(region);
  const { advance, task } = await runOne([{ healthCheck: check }], {}, region);
  await advance(60_000);
  // 10 to 15 s, and 25 to 30 s.
  expect(lines.slice(4)).toEqual(['30 s api is UNHEALTHY']);
  expect((await task()).containers?.[0]?.reason).toBe('its health check said: nothing within 5 s');
});

test('a stop: one SIGTERM, dependents first, SIGKILL after the stop timeout of 30 s', async () => {
  const region = aws();
  region.programs.stubborn.add('sidecar:1');
  const lines = timeline(region);
  const depending = { dependsOn: [{ containerName: 'sidecar', condition: 'START' as const }] };
  const { advance, stop } = await runOne([depending, {}], {}, region);
  await advance(1000);
  await stop();
  await advance(60_000);
  expect(lines.slice(4)).toEqual([
    '0 s RUNNING',
    '1 s to stop: enough',
    '1 s DEACTIVATING',
    '1 s STOPPING',
    '1 s SIGTERM api:1',
    '1 s api ended with 143',
    '1 s SIGTERM sidecar:1',
    '31 s SIGKILL sidecar:1',
    '31 s sidecar ended with 137',
    '31 s DEPROVISIONING',
    '31 s STOPPED',
  ]);
});

test('a chain of dependencies: COMPLETE after any code, SUCCESS, HEALTHY', async () => {
  const region = aws();
  region.programs.crashing.set('seed:1', 9);
  region.programs.crashing.set('migrate:1', 0);
  const lines = timeline(region);
  const { advance } = await runOne(
    [
      {
        dependsOn: [
          { containerName: 'migrate', condition: 'SUCCESS' },
          { containerName: 'db', condition: 'HEALTHY' },
        ],
      },
      { name: 'seed', essential: false },
      { name: 'migrate', essential: false, dependsOn: [{ containerName: 'seed', condition: 'COMPLETE' }] },
      { name: 'db', healthCheck: check },
    ],
    {},
    region,
  );
  await advance(20_000);
  expect(lines).toEqual([
    '0 s PENDING',
    '0 s ACTIVATING',
    '0 s start seed:1',
    '0 s start db:1',
    '0.1 s seed ended with 9',
    '0.1 s start migrate:1',
    '0.2 s migrate ended with 0',
    '10 s db is HEALTHY',
    '10 s start api:1',
    '10 s RUNNING',
  ]);
});

test('a dependency that is not healthy within its start timeout', async () => {
  const region = aws();
  region.programs.health.set('sidecar:1', 1);
  const lines = timeline(region);
  const depending = { dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' as const }] };
  const { advance, task } = await runOne([depending, { healthCheck: check, startTimeout: 45 }], {}, region);
  await advance(60_000);
  expect(lines.slice(2)).toEqual([
    '0 s start sidecar:1',
    '20 s sidecar is UNHEALTHY',
    '45 s api ended with 143',
    '45 s to stop: Task failed to start',
    '45 s DEACTIVATING',
    '45 s STOPPING',
    '45 s SIGTERM sidecar:1',
    '45 s sidecar ended with 143',
    '45 s DEPROVISIONING',
    '45 s STOPPED',
  ]);
  const stopped = await task();
  expect(stopped.stopCode).toBe('TaskFailedToStart');
  expect(stopped.containers?.[0]?.reason).toBe(
    'CannotStartContainerError: dependency graph: container ordering dependency [sidecar] for target [api] has timed out.',
  );
});

test('what waits for the health of a container that has ended goes on waiting, whatever its start timeout', async () => {
  const region = aws();
  region.programs.crashing.set('sidecar:1', 0);
  const lines = timeline(region);
  const depending = { dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' as const }] };
  const sidecar = { essential: false, healthCheck: check, startTimeout: 45 };
  const { advance, stop } = await runOne([depending, sidecar], {}, region);
  await advance(3600_000);
  await stop();
  await advance(1000);
  expect(lines).toEqual([
    '0 s PENDING',
    '0 s ACTIVATING',
    '0 s start sidecar:1',
    '0.1 s sidecar ended with 0',
    '3600 s to stop: enough',
    '3600 s DEACTIVATING',
    '3600 s STOPPING',
    '3600 s DEPROVISIONING',
    '3600 s STOPPED',
  ]);
});

test('a container that is out of memory is started again by its policy; what it is then nobody has checked', async () => {
  const region = aws();
  const lines = timeline(region);
  const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
  const { advance, container } = await runOne([{ healthCheck: check, restartPolicy }], {}, region);
  await advance(65_000);
  container('api').exhaust();
  await advance(30_000);
  container('api').exhaust();
  await advance(1000);
  expect(lines.slice(3)).toEqual([
    '0 s RUNNING',
    '10 s api is HEALTHY',
    '65 s start api:1',
    '65 s api is UNKNOWN',
    '75 s api is HEALTHY',
    '95 s api ended with 137',
    '95 s to stop: Essential container in task exited',
    '95 s DEACTIVATING',
    '95 s STOPPING',
    '95 s DEPROVISIONING',
    '95 s STOPPED',
  ]);
});
