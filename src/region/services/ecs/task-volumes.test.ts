import { expect, test } from 'vitest';
import { network, taskDefinition, testRegion, watching } from './test-region.ts';
import { runOne } from './test-task.ts';

test('a tagged volume is the region’s own; another ends with its task', async () => {
  const mountPoints = [
    { sourceVolume: 'data', containerPath: '/data' },
    { sourceVolume: 'scratch', containerPath: '/tmp/x', readOnly: true },
  ];
  const { containers, id, stop, settle, removedVolumes } = await runOne([{ mountPoints }], {
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
