import { expect, test } from 'vitest';
import { runOne } from './test-task.ts';

test('the end of an essential container ends the others; that of another does not', async () => {
  const { task, containers, settle } = await runOne([{}, { essential: false }]);
  containers.find(({ spec }) => spec.image.digest === 'sidecar:1')?.exit(0);
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING' });
  const both = await runOne([{}, {}]);
  both.containers.find(({ spec }) => spec.image.digest === 'sidecar:1')?.exit(3);
  await both.settle();
  expect(await both.task()).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 143 }, { exitCode: 3 }],
  });
});

test('containers start after what they depend on and stop before it', async () => {
  const { trace, containers, settle, stop, task } = await runOne([
    { dependsOn: [{ containerName: 'sidecar', condition: 'SUCCESS' }] },
    { essential: false },
  ]);
  expect(trace).toEqual(['start sidecar:1']);
  expect(await task()).toMatchObject({ lastStatus: 'ACTIVATING' });
  containers[0]?.exit(0);
  await settle();
  expect(trace).toEqual(['start sidecar:1', 'start api:1']);
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING' });
  await stop();
  const ordered = await runOne([{ dependsOn: [{ containerName: 'sidecar', condition: 'START' }] }, {}]);
  await ordered.stop();
  await ordered.settle();
  expect(ordered.trace).toEqual(['start sidecar:1', 'start api:1', 'SIGTERM api:1', 'SIGTERM sidecar:1']);
});

test('a success that can never come fails the task', async () => {
  const { containers, settle, task } = await runOne([
    { dependsOn: [{ containerName: 'sidecar', condition: 'SUCCESS' }] },
    { essential: false },
  ]);
  containers[0]?.exit(4);
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
});

test('a restart policy starts a container again, not one that ran too short or ended as it may', async () => {
  const restartPolicy = { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 };
  const { containers, task, advance, settle } = await runOne([{ restartPolicy }]);
  await advance(60_000);
  containers[0]?.exit(1);
  await settle();
  expect(containers).toHaveLength(2);
  expect(containers[0]?.removed()).toBe(true);
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING', containers: [{ lastStatus: 'RUNNING' }] });
  await advance(1_000);
  containers[1]?.exit(1);
  await settle();
  expect(containers).toHaveLength(2);
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 1 }] });

  const ignored = await runOne([{ restartPolicy }]);
  await ignored.advance(60_000);
  ignored.containers[0]?.exit(0);
  await ignored.settle();
  expect(ignored.containers).toHaveLength(1);
  const stopped = await runOne([{ restartPolicy }]);
  await stopped.advance(60_000);
  await stopped.stop();
  await stopped.settle();
  expect(stopped.containers).toHaveLength(1);
});

test('a container is given what its definition says', async () => {
  const { containers } = await runOne(
    [
      {
        linuxParameters: {
          initProcessEnabled: true,
          capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] },
          tmpfs: [{ containerPath: '/run', size: 8, mountOptions: ['mode=755'] }],
        },
        ulimits: [{ name: 'nofile', softLimit: 10, hardLimit: 20 }],
        systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }],
        interactive: true,
        mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
      },
      { volumesFrom: [{ sourceContainer: 'api', readOnly: true }], pseudoTerminal: true },
    ],
    { volumes: [{ name: 'v' }] },
  );
  expect(containers[0]?.spec).toMatchObject({
    init: true,
    capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] },
    openFiles: { soft: 10, hard: 20 },
    kernelParameters: { 'net.core.somaxconn': '9' },
    input: 'open',
    mounts: [
      { kind: 'volume', target: '/v', readonly: false, initially: 'empty' },
      { kind: 'tmpfs', target: '/run', mebibytes: 8, options: ['mode=755'] },
    ],
  });
  expect(containers[1]?.spec).toMatchObject({
    input: 'terminal',
    mounts: [{ source: containers[0]?.spec.mounts[0]?.source, target: '/v', readonly: true }],
  });
});
