import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import {
  network,
  taskDefinition,
  testRegion,
  watching,
  withService,
  type TestRegion,
} from './test-region.ts';

/** Runs one standalone task. */
async function run(
  containers: Partial<ContainerDefinition>[] = [{}],
  more: Partial<RegisterTaskDefinitionRequest> = {},
  region: TestRegion = testRegion(),
) {
  const { api, ecs, clock } = region;
  await ecs.start?.();
  await api.CreateCluster({ clusterName: 'jobs' });
  const [first, ...others] = containers;
  const sidecars = others.map((other) => ({ name: 'sidecar', image: 'sidecar:1', ...other }));
  const definition = taskDefinition(first, more);
  definition.containerDefinitions?.push(...sidecars);
  await api.RegisterTaskDefinition(definition);
  const { tasks: [started] = [] } = await api.RunTask({
    cluster: 'jobs',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
    startedBy: 'test',
  });
  const watched = watching(region);
  await clock.advance(0);
  await watched.settle();
  const task = async () => {
    const { tasks } = await api.DescribeTasks({ cluster: 'jobs', tasks: [started!.taskArn!] });
    return tasks![0]!;
  };
  const stop = () => api.StopTask({ cluster: 'jobs', task: started!.taskArn!, reason: 'enough' });
  return { ...region, ...watched, task, stop, id: started!.taskArn!.split('/').at(-1)! };
}

test('a task goes through its states and shows what it holds', async () => {
  const { task, stop, settle, containers, interfaces } = await run();
  const running = await task();
  expect(running).toMatchObject({
    lastStatus: 'RUNNING',
    group: 'family:api',
    startedBy: 'test',
    launchType: 'FARGATE',
  });
  expect(running.attachments?.[0]).toMatchObject({
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: [
      { name: 'subnetId', value: 'subnet-a' },
      { name: 'networkInterfaceId', value: 'eni-10.0.0.10' },
      { name: 'macAddress' },
      { name: 'privateIPv4Address', value: '10.0.0.10' },
    ],
  });
  expect([...interfaces.values()][0]?.description).toBe(
    `arn:aws:ecs:us-east-1:123456789012:attachment/${running.attachments?.[0]?.id}`,
  );
  expect(containers[0]?.spec).toMatchObject({
    argv: ['serve'],
    hostname: 'ip-10-0-0-10.ec2.internal',
    nameServers: ['10.0.0.2'],
    searchDomains: ['local'],
    environment: { PATH: '/bin', AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE' },
  });
  await stop();
  await settle();
  expect(await task()).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'UserInitiated',
    stoppedReason: 'enough',
    attachments: [{ status: 'DELETED' }],
    containers: [{ lastStatus: 'STOPPED', exitCode: 143 }],
  });
  expect(interfaces.size).toBe(0);
});

test('statuses are taken in order, each with its time', async () => {
  const region = testRegion();
  const seen: string[] = [];
  const table = region.store.table<{ lastStatus: string }>('ecs/tasks');
  const patch = table.patch;
  table.patch = (id, changes) => {
    if (changes.lastStatus) seen.push(changes.lastStatus);
    return patch(id, changes);
  };
  const { stop, settle, task } = await run([{}], {}, region);
  await stop();
  await settle();
  expect(seen).toEqual([
    'PENDING',
    'ACTIVATING',
    'RUNNING',
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]);
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } = await task();
  for (const at of [pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt])
    expect(at).toBeInstanceOf(Date);
});

test('what has only just been started is asked a second time: it may have had no handler yet', async () => {
  const region = testRegion();
  region.programs.stubborn.add('api:1');
  const { stop, advance, trace } = await run([{ stopTimeout: 10 }], {}, region);
  await stop();
  await advance(1000);
  expect(trace).toEqual(['start api:1', 'SIGTERM api:1', 'SIGTERM api:1']);
});

test('what does not heed its stop signal is killed when the stop timeout is over', async () => {
  const region = testRegion();
  region.programs.stubborn.add('api:1');
  const { task, stop, advance, settle, trace } = await run([{ stopTimeout: 10 }], {}, region);
  await advance(2000);
  await stop();
  await advance(9950);
  expect(await task()).toMatchObject({ lastStatus: 'STOPPING' });
  await advance(50);
  await settle();
  expect(trace).toEqual(['start api:1', 'SIGTERM api:1', 'SIGKILL api:1']);
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', containers: [{ exitCode: 137 }] });
});

test('the end of an essential container ends the others; that of another does not', async () => {
  const { task, containers, settle } = await run([{}, { essential: false }]);
  containers.find(({ spec }) => spec.image.digest === 'sidecar:1')?.exit(0);
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING' });
  const both = await run([{}, {}]);
  both.containers.find(({ spec }) => spec.image.digest === 'sidecar:1')?.exit(3);
  await both.settle();
  expect(await both.task()).toMatchObject({
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    containers: [{ exitCode: 143 }, { exitCode: 3 }],
  });
});

test('containers start after what they depend on and stop before it', async () => {
  const { trace, containers, settle, stop, task } = await run([
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
  const ordered = await run([{ dependsOn: [{ containerName: 'sidecar', condition: 'START' }] }, {}]);
  await ordered.stop();
  await ordered.settle();
  expect(ordered.trace).toEqual(['start sidecar:1', 'start api:1', 'SIGTERM api:1', 'SIGTERM sidecar:1']);
});

test('a success that can never come fails the task', async () => {
  const { containers, settle, task } = await run([
    { dependsOn: [{ containerName: 'sidecar', condition: 'SUCCESS' }] },
    { essential: false },
  ]);
  containers[0]?.exit(4);
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
});

const healthCheck = { command: ['CMD-SHELL', 'true'], interval: 5, retries: 2 };

test('HEALTHY waits for the first success, and the start timeout ends the waiting', async () => {
  const slow = testRegion();
  slow.programs.health.set('sidecar:1', 1);
  const containers = [
    { dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' as const }] },
    { healthCheck, startTimeout: 20 },
  ];
  const { advance, trace, programs, task } = await run(containers, {}, slow);
  await advance(4000);
  expect(trace).toEqual(['start sidecar:1']);
  programs.health.set('sidecar:1', 0);
  await advance(5000);
  expect(trace).toEqual(['start sidecar:1', 'start api:1']);
  expect(await task()).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });

  const never = testRegion();
  never.programs.health.set('sidecar:1', 1);
  const waiting = await run(containers, {}, never);
  await waiting.advance(21_000);
  expect(await waiting.task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
});

test('health: retries in a row make a container unhealthy, failures in the start period do not count', async () => {
  const region = testRegion();
  region.programs.health.set('api:1', 1);
  const { advance, task } = await run([{ healthCheck: { ...healthCheck, startPeriod: 20 } }], {}, region);
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

test('secrets reach the environment; a missing one stops the task with the reason', async () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf';
  const secrets = [
    { name: 'ALL', valueFrom: arn },
    { name: 'PASSWORD', valueFrom: `${arn}:password::` },
    { name: 'PORT', valueFrom: `${arn}:port::` },
  ];
  const { containers } = await run([{ secrets }]);
  expect(containers[0]?.spec.environment).toMatchObject({
    ALL: '{"password":"hunter2","port":5432}',
    PASSWORD: 'hunter2',
    PORT: '5432',
  });
  for (const valueFrom of [`${arn}:user::`, arn.replace('secret:db', 'secret:none')]) {
    const { task } = await run([{ secrets: [{ name: 'X', valueFrom }] }]);
    expect(await task()).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth: /,
      ),
    });
  }
});

const logs = (group: string) => ({
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': group, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'jobs' },
});

test('output becomes events by line; a missing group stops the task', async () => {
  const { containers, lines, id, settle } = await run([{ logConfiguration: logs('jobs') }]);
  const stream = `jobs/api/${id}`;
  expect(lines.get(stream)).toEqual([]);
  const { onOutput } = containers[0]!.spec;
  const euro = Buffer.from('5 €\nlast');
  onOutput('stdout', Buffer.from('one\ntw'));
  onOutput('stderr', Buffer.from('problem\n'));
  onOutput('stdout', Buffer.from('o\n'));
  onOutput('stdout', euro.subarray(0, 3));
  onOutput('stdout', euro.subarray(3));
  containers[0]?.exit(0);
  await settle();
  expect(lines.get(stream)).toEqual(['one', 'problem', 'two', '5 €', 'last']);
  const { task } = await run([{ logConfiguration: logs('none') }]);
  expect((await task()).stoppedReason).toMatch(/^ResourceInitializationError: .*log group does not exist/);
});

test('a tagged volume is the region’s own; another ends with its task', async () => {
  const mountPoints = [
    { sourceVolume: 'data', containerPath: '/data' },
    { sourceVolume: 'scratch', containerPath: '/tmp/x', readOnly: true },
  ];
  const { containers, id, stop, settle, removedVolumes } = await run([{ mountPoints }], {
    volumes: [{ name: 'data' }, { name: 'scratch' }],
    tags: [{ key: 'fairway:volume:data', value: 'jobs_data' }],
  });
  expect(containers[0]?.spec.mounts).toEqual([
    { kind: 'volume', source: 'jobs_data', target: '/data', readonly: false },
    {
      kind: 'volume',
      source: `task-${id}-scratch`,
      target: '/tmp/x',
      readonly: true,
      initially: 'empty',
    },
  ]);
  await stop();
  await settle();
  expect(removedVolumes).toEqual([`task-${id}-scratch`]);
});

test('a task stopped while its image is pulled never starts', async () => {
  const region = testRegion();
  let pulled = () => {};
  const { runtime } = region.region.plane;
  const resolve = runtime.resolve.bind(runtime);
  Object.assign(runtime, {
    resolve: async (reference: string) => {
      await new Promise<void>((done) => (pulled = done));
      return resolve(reference);
    },
  });
  const { stop, settle, task, trace, interfaces } = await run([{}], {}, region);
  expect(await task()).toMatchObject({ lastStatus: 'PENDING' });
  await stop();
  await settle();
  pulled();
  await settle();
  expect(await task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
  expect(trace).toEqual([]);
  expect(interfaces.size).toBe(0);
});

const port = { portMappings: [{ containerPort: 80 }] };
const loadBalancers = [{ targetGroupArn: 'tg', containerName: 'api', containerPort: 80 }];

test('a load-balanced deployment waits for healthy targets, and a stop for draining before its signal', async () => {
  const region = testRegion();
  region.balancer.initial = 'initial';
  region.balancer.drains = true;
  const { service, advance, settle, targets, update, trace, tasks } = await withService(
    { desiredCount: 1, loadBalancers },
    port,
    region,
  );
  await advance(5000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS', runningCount: 1 }]);
  targets.set('10.0.0.10:80', 'healthy');
  await advance(1000);
  expect((await service()).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  await update({ desiredCount: 0 });
  await settle();
  expect(trace).toEqual(['start api:1', 'deregister']);
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'DEACTIVATING' }]);
  expect(await service()).toMatchObject({ runningCount: 0 });
  targets.delete('10.0.0.10:80');
  await advance(1000);
  await settle();
  expect(trace).toEqual(['start api:1', 'deregister', 'SIGTERM api:1']);
});

test('a task whose target is unhealthy is replaced before it is stopped, once its grace is over', async () => {
  const { advance, targets, tasks, trace, events } = await withService(
    { desiredCount: 1, loadBalancers, healthCheckGracePeriodSeconds: 30 },
    port,
  );
  await advance(1000);
  targets.set('10.0.0.10:80', 'unhealthy');
  await advance(28_000);
  expect(trace).toEqual(['start api:1']);
  await advance(9000);
  expect(trace).toEqual(['start api:1', 'start api:1', 'deregister', 'SIGTERM api:1']);
  expect(await tasks('STOPPED')).toMatchObject([
    {
      stoppedReason: 'Task failed ELB health checks in (target-group tg)',
      stopCode: 'ServiceSchedulerInitiated',
    },
  ]);
  expect(await events()).toContain(
    '(task T) (port 80) is unhealthy in (target-group tg) due to (reason Health checks failed).',
  );
});

test('a service task that fails its container health check is replaced', async () => {
  const { advance, programs, tasks, counts } = await withService({ desiredCount: 1 }, { healthCheck });
  await advance(1000);
  expect(await counts()).toMatchObject({ runningCount: 1 });
  programs.health.set('api:1', 1);
  await advance(11_000);
  programs.health.set('api:1', 0);
  await advance(10_000);
  expect(await tasks('STOPPED')).toMatchObject([{ stoppedReason: 'Task failed container health checks' }]);
  expect(await tasks()).toMatchObject([{ healthStatus: 'HEALTHY' }]);
});

test('tasks are found by name while they run, and only healthy ones', async () => {
  const region = testRegion();
  const { OperationId } = await region.discovery.CreatePrivateDnsNamespace({ Name: 'local', Vpc: 'vpc-1' });
  const { Operation } = await region.discovery.GetOperation({ OperationId });
  const { Service } = await region.discovery.CreateService({
    Name: 'api',
    NamespaceId: Operation?.Targets?.NAMESPACE,
    DnsConfig: { DnsRecords: [{ Type: 'A', TTL: 10 }] },
    HealthCheckCustomConfig: {},
  });
  const addresses = () => region.zones()[0]?.records.flatMap(({ values }) => values) ?? [];
  const { settle, advance, update, programs } = await withService(
    { serviceRegistries: [{ registryArn: Service?.Arn }] },
    { healthCheck },
    region,
  );
  await settle();
  await advance(1000);
  expect([...addresses()].sort()).toEqual(['10.0.0.10', '10.0.0.11']);
  await update({ desiredCount: 1 });
  await settle();
  expect(addresses()).toHaveLength(1);
  programs.health.set('api:1', 1);
  await advance(1000);
  await update({ desiredCount: 0 });
  await settle();
  expect(addresses()).toEqual([]);
});

test('a restart policy starts a container again, not one that ran too short or ended as it may', async () => {
  const restartPolicy = { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 };
  const { containers, task, advance, settle } = await run([{ restartPolicy }]);
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

  const ignored = await run([{ restartPolicy }]);
  await ignored.advance(60_000);
  ignored.containers[0]?.exit(0);
  await ignored.settle();
  expect(ignored.containers).toHaveLength(1);
  const stopped = await run([{ restartPolicy }]);
  await stopped.advance(60_000);
  await stopped.stop();
  await stopped.settle();
  expect(stopped.containers).toHaveLength(1);
});

test('a container is given what its definition says', async () => {
  const { containers } = await run(
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

test('a role that is missing, or for others, keeps a task from starting', async () => {
  for (const name of ['missing', 'of-lambda']) {
    const taskRoleArn = `arn:aws:iam::123456789012:role/${name}`;
    const { task, containers } = await run([{}], { taskRoleArn });
    expect((await task()).stoppedReason).toMatch(
      new RegExp(`^ECS was unable to assume the role '${taskRoleArn}'`),
    );
    expect(containers).toEqual([]);
  }
});

test('a volume that is configured at launch is empty, and goes with its task', async () => {
  const region = testRegion();
  const { api, ecs, clock, containers, removedVolumes } = region;
  await ecs.start?.();
  await api.CreateCluster({ clusterName: 'jobs' });
  await api.RegisterTaskDefinition(
    taskDefinition(
      { mountPoints: [{ sourceVolume: 'disk', containerPath: '/disk' }] },
      { volumes: [{ name: 'disk', configuredAtLaunch: true }] },
    ),
  );
  const start = (volumeConfigurations?: Parameters<typeof api.RunTask>[0]['volumeConfigurations']) =>
    api.RunTask({
      cluster: 'jobs',
      taskDefinition: 'api',
      launchType: 'FARGATE',
      networkConfiguration: network,
      ...(volumeConfigurations ? { volumeConfigurations } : {}),
    });
  await expect(start()).rejects.toThrow('volumeConfigurations does not have it');
  const disk = { name: 'disk', managedEBSVolume: { roleArn: 'arn:aws:iam::123456789012:role/volumes' } };
  await expect(start([disk])).rejects.toThrow('sizeInGiB or snapshotId must be specified');
  const { tasks } = await start([
    { name: 'disk', managedEBSVolume: { ...disk.managedEBSVolume, sizeInGiB: 10 } },
  ]);
  await watching(region).settle();
  const id = tasks![0]!.taskArn!.split('/').at(-1)!;
  expect(containers[0]?.spec.mounts).toMatchObject([{ source: `task-${id}-disk`, initially: 'empty' }]);
  await api.StopTask({ cluster: 'jobs', task: id });
  await watching(region).settle();
  await clock.advance(0);
  expect(removedVolumes).toEqual([`task-${id}-disk`]);
});

test('binds go with their stack', async () => {
  const region = testRegion();
  const deleted: { StackName: string; DeletionTime: Date }[] = [];
  Object.assign(region.region.api, {
    cloudformation: { ListStacks: async () => ({ StackSummaries: deleted }) },
  });
  const stacks = region.store.table<{ name: string }>('cloudformation/stacks');
  const binds = region.store.table('ecs/binds');
  await region.ecs.start?.();
  // One that is older than what was said.
  deleted.push({ StackName: 'shop', DeletionTime: new Date(region.clock.now() - 1) });
  region.ecs.internal.setBinds('shop', [{ service: 'api', volume: 'v', source: '/srv', readonly: true }]);
  stacks.put('1', { name: 'shop' });
  await watching(region).settle();
  expect(binds.size).toBe(1);
  await region.clock.advance(5);
  deleted.push({ StackName: 'shop', DeletionTime: new Date(region.clock.now()) });
  stacks.put('1', { name: 'shop' });
  await watching(region).settle();
  expect(binds.size).toBe(0);
});
