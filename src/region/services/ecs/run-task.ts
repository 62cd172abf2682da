import type * as sdk from '@aws-sdk/client-ecs';
import { ApiError } from '../../gateway/api-error.ts';
import { chooseCapacity, resolvePlatform } from './capacity.ts';
import { findCluster } from './clusters.ts';
import { clientError, invalidParameter, refuseOthers } from './errors.ts';
import { checkFargateSize, parseCpu, parseMemory } from './fargate-sizes.ts';
import { checkNetwork } from './network-input.ts';
import { inheritedTags, putNewTask } from './scheduler/new-task.ts';
import { placeTask } from './scheduler/place.ts';
import type { Ecs, TaskDefinitionRecord, TaskRecord } from './state.ts';
import { checkEphemeralStorage } from './task-definition-check.ts';
import { usableDefinition } from './task-definitions.ts';
import { viewTask } from './task-view.ts';
import { checkLaunchVolumes } from './volume-check.ts';

/** Tasks that belong to no service. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function runTask(ecs: Ecs, input: sdk.RunTaskRequest): { tasks: sdk.Task[]; failures: sdk.Failure[] } {
  refuseOthers(input, [
    'taskDefinition',
    'capacityProviderStrategy',
    'cluster',
    'count',
    'enableECSManagedTags',
    'enableExecuteCommand',
    'group',
    'launchType',
    'networkConfiguration',
    'overrides',
    'platformVersion',
    'propagateTags',
    'startedBy',
    'tags',
    'clientToken',
    'volumeConfigurations',
  ]);
  const { tables } = ecs;
  checkLengths(input);
  const again = earlier(ecs, input);
  if (again) return { tasks: again.map((task) => viewTask(ecs, task, ['TAGS'])), failures: [] };
  const cluster = findCluster(ecs, input.cluster);
  const count = input.count ?? 1;
  if (count < 1 || count > 10)
    throw invalidParameter('count should be greater than 0 and less than or equal to 10.');
  const definition = usableDefinition(ecs, input.taskDefinition);
  checkOverrides(input.overrides, definition);
  checkLaunchVolumes(definition, input.volumeConfigurations);
  if (input.group?.startsWith('service:')) throw invalidParameter('Invalid namespace for group.');
  const network = checkNetwork(ecs, input.networkConfiguration);
  const group = input.group ?? `family:${definition.family}`;
  const revision = {
    ...network,
    loadBalancers: [],
    serviceRegistries: [],
    platformVersion: resolvePlatform(input.platformVersion),
    capacityProvider: chooseCapacity(cluster, input.launchType, input.capacityProviderStrategy),
  };
  const beside: Pick<TaskRecord, 'zone' | 'subnetId'>[] = [...tables.tasks.values()].filter(
    (task) => task.group === group && task.desiredStatus === 'RUNNING',
  );
  const inherited =
    input.propagateTags === 'TASK_DEFINITION'
      ? inheritedTags(ecs, 'TASK_DEFINITION', definition.taskDefinitionArn)
      : [];
  const managed = input.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [];
  const topology = ecs.region.internal.ec2.topology();
  const tasks = Array.from({ length: count }, () => {
    const place = placeTask(network.subnetIds, topology, beside);
    beside.push(place);
    return putNewTask(ecs, {
      cluster,
      definition,
      revision,
      place,
      group,
      startedBy: input.startedBy,
      overrides: input.overrides,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      tags: [...inherited, ...managed, ...(input.tags ?? [])],
    });
  });
  if (input.clientToken)
    tables.tokens.put(input.clientToken, {
      taskIds: tasks.map(({ id }) => id),
      request: JSON.stringify(input),
      at: ecs.now(),
    });
  return { tasks: tasks.map((task) => viewTask(ecs, task, ['TAGS'])), failures: [] };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
function checkLengths({ startedBy = '', group = '', clientToken = '' }: sdk.RunTaskRequest): void {
  const limits = [
    ['startedBy', startedBy, 128],
    ['group', group, 255],
    ['clientToken', clientToken, 64],
  ] as const;
  for (const [name, value, longest] of limits)
    if (value.length > longest) throw invalidParameter(`${name} can have at most ${longest} characters.`);
}

/** The same token and parameters: the earlier tasks. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
function earlier({ tables }: Ecs, input: sdk.RunTaskRequest): readonly TaskRecord[] | undefined {
  const before = input.clientToken ? tables.tokens.get(input.clientToken) : undefined;
  if (!before) return undefined;
  if (before.request !== JSON.stringify(input))
    throw new ApiError('ConflictException', 'The clientToken was used with other parameters.', 400, {
      resourceIds: before.taskIds,
    });
  return before.taskIds.flatMap((id) => tables.tasks.get(id) ?? []);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html */
function checkOverrides(overrides: sdk.TaskOverride | undefined, definition: TaskDefinitionRecord): void {
  if (!overrides) return;
  if (JSON.stringify(overrides).length > 8192)
    throw clientError('overrides can have at most 8192 characters.');
  refuseOthers(
    overrides,
    ['containerOverrides', 'cpu', 'memory', 'taskRoleArn', 'executionRoleArn', 'ephemeralStorage'],
    'overrides.',
  );
  const { cpu = definition.cpu, memory = definition.memory } = overrides;
  if (overrides.cpu ?? overrides.memory) checkFargateSize(parseCpu(cpu ?? ''), parseMemory(memory ?? ''));
  checkEphemeralStorage(overrides.ephemeralStorage);
  for (const override of overrides.containerOverrides ?? []) {
    refuseOthers(
      override,
      ['name', 'command', 'environment', 'cpu', 'memory', 'memoryReservation'],
      `overrides of ${override.name}: `,
    );
    if (!definition.containerDefinitions.some(({ name }) => name === override.name))
      throw invalidParameter(
        'Override for container named ' + override.name + ' is not a container in the TaskDefinition.',
      );
  }
}
