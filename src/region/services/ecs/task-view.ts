import type * as sdk from '@aws-sdk/client-ecs';
import { definitionOf, type ContainerRecord, type Ecs, type TaskRecord } from './state.ts';
import { tagsOf } from './tags.ts';
import { healthOf } from './task-status.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function viewTask(ecs: Ecs, task: TaskRecord, include: readonly sdk.TaskField[] = []): sdk.Task {
  const definition = ecs.tables.taskDefinitions.has(task.taskDefinitionArn)
    ? definitionOf(ecs, task.taskDefinitionArn)
    : undefined;
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.taskDefinitionArn,
    group: task.group,
    startedBy: task.startedBy,
    ...(task.capacityProvider ? { capacityProviderName: task.capacityProvider } : {}),
    launchType: 'FARGATE',
    platformVersion: task.platformVersion,
    platformFamily: 'Linux',
    availabilityZone: task.zone,
    cpu: task.overrides.cpu ?? definition?.cpu,
    memory: task.overrides.memory ?? definition?.memory,
    ephemeralStorage: task.overrides.ephemeralStorage ?? definition?.ephemeralStorage ?? { sizeInGiB: 20 },
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    healthStatus: definition ? healthOf(task, definition) : 'UNKNOWN',
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    connectivity: task.startedAt ? 'CONNECTED' : undefined,
    connectivityAt: task.startedAt,
    createdAt: task.createdAt,
    pullStartedAt: task.pullStartedAt,
    pullStoppedAt: task.pullStoppedAt,
    startedAt: task.startedAt,
    stoppingAt: task.stoppingAt,
    executionStoppedAt: task.executionStoppedAt,
    stoppedAt: task.stoppedAt,
    enableExecuteCommand: task.enableExecuteCommand,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...task.overrides },
    attachments: [attachmentOf(task)],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: definition?.runtimePlatform?.cpuArchitecture?.toLowerCase() ?? 'x86_64',
      },
    ],
    containers: task.containers.map((container) => viewContainer(task, container, definition)),
    version: task.version,
    tags: include.includes('TAGS') ? tagsOf(ecs, task.arn) : [],
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html */
function viewContainer(
  task: TaskRecord,
  container: ContainerRecord,
  definition: sdk.TaskDefinition | undefined,
): sdk.Container {
  const { cpu, memory, memoryReservation } =
    definition?.containerDefinitions?.find(({ name }) => name === container.name) ?? {};
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus === 'PENDING' ? task.lastStatus : container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    healthStatus: container.healthStatus,
    networkBindings: [],
    networkInterfaces: task.interface
      ? [{ attachmentId: task.attachmentId, privateIpv4Address: task.interface.privateAddress }]
      : [],
    cpu: String(cpu ?? 0),
    memory: memory === undefined ? undefined : String(memory),
    memoryReservation: memoryReservation === undefined ? undefined : String(memoryReservation),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html */
function attachmentOf(task: TaskRecord): sdk.Attachment {
  const own = task.interface;
  return {
    id: task.attachmentId,
    type: 'ElasticNetworkInterface',
    status: task.lastStatus === 'STOPPED' ? 'DELETED' : own ? 'ATTACHED' : 'PRECREATED',
    details: [
      { name: 'subnetId', value: task.subnetId },
      ...(own
        ? [
            { name: 'networkInterfaceId', value: own.id },
            { name: 'macAddress', value: own.macAddress },
            { name: 'privateIPv4Address', value: own.privateAddress },
          ]
        : []),
    ],
  };
}
