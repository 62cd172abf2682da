import type * as sdk from '@aws-sdk/client-ecs';
import type { ContainerRecord, TaskRecord } from './state.ts';
import { network, taskDefinition, testRegion, watching, type TestRegion } from './test-region.ts';

/** Runs one standalone task: its first container is `api`, others are `sidecar` unless they are named. */
export async function runOne(
  containers: readonly Partial<sdk.ContainerDefinition>[] = [{}],
  more: Partial<sdk.RegisterTaskDefinitionRequest> = {},
  region: TestRegion = testRegion(),
  request: Partial<sdk.RunTaskRequest> = {},
) {
  const { api, ecs, clock } = region;
  await ecs.start?.();
  await api.CreateCluster({ clusterName: 'jobs' });
  const [first, ...others] = containers;
  const sidecars = others.map((other) => ({
    name: 'sidecar',
    image: `${other.name ?? 'sidecar'}:1`,
    ...other,
  }));
  const definition = taskDefinition(first, more);
  definition.containerDefinitions?.push(...sidecars);
  await api.RegisterTaskDefinition(definition);
  const { tasks: [started] = [] } = await api.RunTask({
    cluster: 'jobs',
    taskDefinition: 'api',
    launchType: 'FARGATE',
    networkConfiguration: network,
    startedBy: 'test',
    ...request,
  });
  const watched = watching(region);
  await clock.advance(0);
  await watched.settle();
  const task = async () => {
    const { tasks } = await api.DescribeTasks({ cluster: 'jobs', tasks: [started!.taskArn!] });
    return tasks![0]!;
  };
  const stop = () => api.StopTask({ cluster: 'jobs', task: started!.taskArn!, reason: 'enough' });
  /** The container of an image `NAME:1`. */
  const container = (name: string) =>
    region.containers.findLast(({ spec }) => spec.image.digest === `${name}:1`)!;
  return { ...region, ...watched, task, stop, container, id: started!.taskArn!.split('/').at(-1)! };
}

/** Writes down from now on what tasks and their containers become and are told, each line with its second. */
export function timeline({
  clock,
  store,
  trace,
}: Pick<TestRegion, 'clock' | 'store' | 'trace'>): readonly string[] {
  const began = clock.now();
  const lines: string[] = [];
  const say = (what: string) => lines.push(`${(clock.now() - began) / 1000} s ${what}`);
  const push = trace.push.bind(trace);
  trace.push = (...items) => {
    items.forEach(say);
    return push(...items);
  };
  const tasks = store.table<TaskRecord>('ecs/tasks');
  const patch = tasks.patch;
  tasks.patch = (id, changes) => {
    const before = tasks.get(id);
    const after = patch(id, changes);
    for (const container of after.containers)
      becomes(
        before?.containers.find(({ name }) => name === container.name),
        container,
      ).forEach(say);
    if (after.desiredStatus !== before?.desiredStatus) say(`to stop: ${after.stoppedReason}`);
    if (after.lastStatus !== before?.lastStatus) say(after.lastStatus);
    return after;
  };
  return lines;
}

function becomes(before: ContainerRecord | undefined, { name, healthStatus, exitCode }: ContainerRecord) {
  return [
    ...(before?.healthStatus === healthStatus ? [] : [`${name} is ${healthStatus}`]),
    ...(before?.exitCode === exitCode || exitCode === undefined ? [] : [`${name} ended with ${exitCode}`]),
  ];
}
