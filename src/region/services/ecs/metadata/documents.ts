import { plusTwo } from '../agent/container-spec.ts';
import { nameOf } from '../ids.ts';
import { definitionOf, type ContainerRecord, type Ecs, type TaskRecord } from '../state.ts';
import { tagsOf } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html */
export function taskDocument(ecs: Ecs, task: TaskRecord, withTags: boolean): object {
  const definition = definitionOf(ecs, task.taskDefinitionArn);
  const { cpu = definition.cpu, memory = definition.memory } = task.overrides;
  const { subnets } = ecs.region.internal.ec2.topology();
  return {
    Cluster: task.clusterArn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    ...(task.serviceArn ? { ServiceName: nameOf(task.serviceArn) } : {}),
    VPCID: subnets.find(({ id }) => id === task.subnetId)?.vpcId,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    // A task's processors are counted whole, a container's in units.
    Limits: { CPU: Number(cpu) / 1024, Memory: Number(memory) },
    PullStartedAt: task.pullStartedAt,
    PullStoppedAt: task.pullStoppedAt,
    ExecutionStoppedAt: task.executionStoppedAt,
    AvailabilityZone: task.zone,
    LaunchType: 'FARGATE',
    ...(withTags
      ? { TaskTags: Object.fromEntries(tagsOf(ecs, task.arn).map(({ key = '', value }) => [key, value])) }
      : {}),
    Containers: task.containers
      .filter(({ runtimeId }) => runtimeId !== undefined)
      .map((container) => containerDocument(ecs, task, container)),
  };
}

export function containerDocument(ecs: Ecs, task: TaskRecord, container: ContainerRecord): object {
  const definition = definitionOf(ecs, task.taskDefinitionArn);
  const defined = definition.containerDefinitions.find(({ name }) => name === container.name);
  const log = defined?.logConfiguration;
  const stream = log && `${log.options?.['awslogs-stream-prefix']}/${container.name}/${task.id}`;
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      ...defined?.dockerLabels,
      'com.amazonaws.ecs.cluster': task.clusterArn,
      'com.amazonaws.ecs.container-name': container.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': definition.family,
      'com.amazonaws.ecs.task-definition-version': String(definition.revision),
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    ...(container.exitCode === undefined ? {} : { ExitCode: container.exitCode }),
    Limits: { CPU: defined?.cpu || 2, ...(defined?.memory ? { Memory: defined.memory } : {}) },
    CreatedAt: container.startedAt,
    StartedAt: container.startedAt,
    Type: 'NORMAL',
    ...(log ? { LogDriver: log.logDriver, LogOptions: { ...log.options, 'awslogs-stream': stream } } : {}),
    ContainerARN: container.arn,
    Networks: networksOf(ecs, task),
    ...(defined?.healthCheck ? { Health: { status: container.healthStatus } } : {}),
    RestartCount: defined?.restartPolicy?.enabled ? (container.restartCount ?? 0) : undefined,
  };
}

function networksOf({ region }: Ecs, task: TaskRecord): readonly object[] {
  const { subnets, vpcs } = region.internal.ec2.topology();
  const subnet = subnets.find(({ id }) => id === task.subnetId);
  const vpc = vpcs.find(({ id }) => id === subnet?.vpcId);
  if (!task.interface) return [];
  const { privateAddress, macAddress } = task.interface;
  return [
    {
      NetworkMode: 'awsvpc',
      IPv4Addresses: [privateAddress],
      AttachmentIndex: 0,
      MACAddress: macAddress,
      IPv4SubnetCIDRBlock: subnet?.cidr,
      DomainNameServers: vpc?.dnsSupport && vpc.cidrs[0] ? [plusTwo(vpc.cidrs[0])] : [],
    },
  ];
}
