import { intrinsicOf } from '../../template/symbolic.ts';
import {
  type ContainerDefinition,
  type Declared,
  type EcsService,
  isUnknown,
  known,
  type TaskDefinition,
  type Value,
} from '../system.ts';
import { clusterOf } from './capacity.ts';
import { ofType } from './declared.ts';
import { mentioned } from './script.ts';
import { idOf, isRecord, type Reader, readerOf, unknown } from './values.ts';

type Resources = ReadonlyMap<string, Declared>;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export function servicesOf(resources: Resources): EcsService[] {
  const scaling = scalingOf(resources);
  return ofType(resources, 'AWS::ECS::Service').map((declared) => {
    const read = readerOf(declared);
    const network = read.part('NetworkConfiguration')?.part('AwsvpcConfiguration');
    const assign = network?.text('AssignPublicIp') ?? 'DISABLED';
    const daemon = known(read.text('SchedulingStrategy')) === 'DAEMON';
    const scaled = scaling.get(declared.id) ?? scaling.get(`name ${known(read.text('ServiceName')) ?? ''}`);
    const desiredCount = raised(read.number('DesiredCount') ?? 1, scaled?.least);
    return {
      id: declared.id,
      name: known(read.text('ServiceName')) ?? declared.id,
      launchType: launchType(read, resources),
      clusterId: clusterOf(resources, read.id('Cluster')),
      taskDefinitionId: definitionOf(resources, read.id('TaskDefinition')),
      scheduling: daemon ? 'DAEMON' : 'REPLICA',
      controller: known(read.part('DeploymentController')?.text('Type')) ?? 'ECS',
      desiredCount,
      maximumCount: scaled?.most ?? desiredCount,
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
      minimumHealthyPercent: percent(read, 'MinimumHealthyPercent', daemon ? 0 : 100),
      maximumPercent: percent(read, 'MaximumPercent', daemon ? 100 : 200),
      serviceConnect: known(read.part('ServiceConnectConfiguration')?.flag('Enabled')) ?? false,
      subnetIds: network?.ids('Subnets') ?? notGiven(read, 'NetworkConfiguration'),
      // Without any, tasks get the VPC's default group.
      groupIds: network ? (network.ids('SecurityGroups') ?? []) : notGiven(read, 'NetworkConfiguration'),
      assignPublicIp: isUnknown(assign) ? assign : assign === 'ENABLED',
      targets: read.items('LoadBalancers').map((target) => ({
        targetGroupId: target.id('TargetGroupArn') ?? {
          unknown:
            target.raw('LoadBalancerName') === undefined
              ? 'it names no target group'
              : 'it registers with a Classic Load Balancer, which is not modelled',
        },
        containerName: target.text('ContainerName') ?? { unknown: 'it names no container' },
        containerPort: target.number('ContainerPort') ?? { unknown: 'it has no port' },
        origin: target.origin,
      })),
      registries: read.items('ServiceRegistries').map((registry) => ({
        discoveryId: registry.id('RegistryArn') ?? { unknown: 'it names no registry' },
        containerName: registry.text('ContainerName'),
        containerPort: registry.number('ContainerPort'),
        origin: registry.origin,
      })),
      executeCommand: known(read.flag('EnableExecuteCommand')) ?? false,
      graceSeconds: read.number('HealthCheckGracePeriodSeconds') ?? 0,
      origin: declared.origin,
    };
  });
}

function notGiven(read: Reader, key: string): Value<readonly string[]> {
  return read.raw(key) === undefined ? [] : { unknown: `${key} is not known` };
}

/** A family without a revision is its newest: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
function definitionOf(resources: Resources, id: Value<string> | undefined): Value<string> {
  if (id === undefined) return { unknown: 'it names no task definition' };
  if (isUnknown(id) || resources.has(id)) return id;
  const family = ofType(resources, 'AWS::ECS::TaskDefinition').find(
    (declared) => known(readerOf(declared).text('Family')) === id,
  );
  return family?.id ?? { unknown: `the task definition ${id} is not declared here` };
}

function percent(read: Reader, key: string, otherwise: number): Value<number> {
  const raw = read.raw('DeploymentConfiguration');
  if (raw !== undefined && !read.part('DeploymentConfiguration'))
    return { unknown: 'its DeploymentConfiguration is not known' };
  return read.part('DeploymentConfiguration')?.number(key) ?? otherwise;
}

interface Scaled {
  readonly least: Value<number> | undefined;
  readonly most: Value<number> | undefined;
}
/**
 * Between what auto scaling keeps a service, by what its target names: the resource, or the service's name.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
 */
function scalingOf(resources: Resources): ReadonlyMap<string, Scaled> {
  const found = new Map<string, Scaled>();
  for (const declared of ofType(resources, 'AWS::ApplicationAutoScaling::ScalableTarget')) {
    const read = readerOf(declared);
    const name = /^service\/[^/]+\/([^/]+)$/.exec(known(read.text('ResourceId')) ?? '')?.[1];
    const scaled = { least: read.number('MinCapacity'), most: read.number('MaxCapacity') };
    if (name !== undefined) found.set(`name ${name}`, scaled);
    for (const id of mentioned(read.raw('ResourceId'))) found.set(id, scaled);
  }
  return found;
}
/** A count below the least is raised to it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html */
function raised(count: Value<number>, least: Value<number> | undefined): Value<number> {
  if (least === undefined || isUnknown(count)) return count;
  return isUnknown(least) ? least : Math.max(count, least);
}

/**
 * Without a type and a strategy the cluster's default strategy holds, and without one EC2:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html
 */
function launchType(read: Reader, resources: Resources): EcsService['launchType'] {
  const type = read.text('LaunchType');
  if (type !== undefined) return type as EcsService['launchType'];
  const own = providersOf(resources, read, 'CapacityProviderStrategy');
  if (own) return typeOf(own);
  const clusterId = clusterOf(resources, read.id('Cluster'));
  if (isUnknown(clusterId)) return clusterId;
  const cluster = resources.get(clusterId);
  if (!cluster)
    return {
      unknown: `the default capacity of the cluster ${clusterId} is not known here: it has no LaunchType`,
    };
  const associations = ofType(resources, 'AWS::ECS::ClusterCapacityProviderAssociations')
    .map(readerOf)
    .filter((one) => known(one.id('Cluster')) === clusterId);
  const standard =
    providersOf(resources, readerOf(cluster), 'DefaultCapacityProviderStrategy') ??
    associations
      .map((one) => providersOf(resources, one, 'DefaultCapacityProviderStrategy'))
      .find((list) => list !== undefined);
  return standard ? typeOf(standard) : 'EC2';
}

/** Undefined where the strategy is absent or empty. */
function providersOf(
  resources: Resources,
  read: Reader,
  key: string,
): Value<readonly Value<string>[]> | undefined {
  const raw = read.raw(key);
  if (raw === undefined || (Array.isArray(raw) && raw.length === 0)) return undefined;
  if (!Array.isArray(raw)) return { unknown: 'the capacity providers are not known' };
  return raw.map((item: unknown) => {
    const provider = isRecord(item) && !intrinsicOf(item) ? item['CapacityProvider'] : item;
    const id = idOf(provider);
    const given = !isUnknown(id) && typeof provider !== 'string' && !resources.has(id);
    return given ? unknown(provider) : id;
  });
}
function typeOf(providers: Value<readonly Value<string>[]>): EcsService['launchType'] {
  if (isUnknown(providers)) return providers;
  const open = providers.find(isUnknown);
  if (open) return open;
  return providers.every((name) => known(name)?.startsWith('FARGATE')) ? 'FARGATE' : 'EC2';
}

export function taskDefinitionsOf(resources: Resources): TaskDefinition[] {
  return ofType(resources, 'AWS::ECS::TaskDefinition').map((declared) => {
    const read = readerOf(declared);
    const role = (key: string) => read.id(key);
    return {
      id: declared.id,
      family: read.text('Family') ?? declared.id,
      networkMode: (read.text('NetworkMode') ?? 'bridge') as TaskDefinition['networkMode'],
      compatibilities: known(read.texts('RequiresCompatibilities')) ?? [],
      cpu: cpuUnits(read.text('Cpu')),
      memory: mebibytes(read.text('Memory')),
      architecture: (read.part('RuntimePlatform')?.text('CpuArchitecture') ??
        'X86_64') as TaskDefinition['architecture'],
      executionRoleId: role('ExecutionRoleArn'),
      taskRoleId: role('TaskRoleArn'),
      containers: read.items('ContainerDefinitions').map(containerOf),
      volumes: read.items('Volumes').map((volume) => ({
        name: volume.text('Name') ?? { unknown: 'it has no name' },
        properties: volume.properties,
        origin: volume.origin,
      })),
      origin: declared.origin,
    };
  });
}

/** `1 vCPU` and `1024` alike: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
function cpuUnits(text: Value<string> | undefined): Value<number> | undefined {
  if (text === undefined || isUnknown(text)) return text;
  const [, number, unit] = /^\s*([\d.]+)\s*(vcpu)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return { unknown: `${JSON.stringify(text)} is no CPU value` };
  return unit ? Number(number) * 1024 : Number(number);
}
function mebibytes(text: Value<string> | undefined): Value<number> | undefined {
  if (text === undefined || isUnknown(text)) return text;
  const [, number, unit] = /^\s*([\d.]+)\s*(gb|mb)?\s*$/i.exec(text) ?? [];
  if (number === undefined) return { unknown: `${JSON.stringify(text)} is no memory value` };
  return unit?.toLowerCase() === 'gb' ? Number(number) * 1024 : Number(number);
}

function containerOf(read: Reader): ContainerDefinition {
  const check = read.part('HealthCheck');
  const seconds = (key: string, otherwise: number) => known(check?.number(key)) ?? otherwise;
  const logs = read.part('LogConfiguration');
  return {
    name: read.text('Name') ?? { unknown: 'it has no name' },
    image: read.text('Image') ?? { unknown: 'it has no image' },
    essential: known(read.flag('Essential')) ?? true,
    cpu: read.number('Cpu'),
    memory: read.number('Memory'),
    memoryReservation: read.number('MemoryReservation'),
    ports: read.items('PortMappings').map((port) => {
      const name = known(port.text('Name'));
      return {
        containerPort: port.number('ContainerPort') ?? { unknown: 'it has no container port' },
        hostPort: port.number('HostPort'),
        protocol: known(port.text('Protocol')) === 'udp' ? 'udp' : 'tcp',
        ...(name === undefined ? {} : { name }),
        origin: port.origin,
      };
    }),
    environment: read.items('Environment').map((variable) => ({
      name: known(variable.text('Name')) ?? '',
      value: variable.text('Value') ?? '',
      origin: variable.origin,
    })),
    secrets: read.items('Secrets').map((secret) => ({
      name: known(secret.text('Name')) ?? '',
      valueFrom: secret.raw('ValueFrom'),
      origin: secret.origin,
    })),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    healthCheck: check
      ? {
          command: known(check.texts('Command')) ?? [],
          interval: seconds('Interval', 30),
          timeout: seconds('Timeout', 5),
          retries: seconds('Retries', 3),
          startPeriod: seconds('StartPeriod', 0),
        }
      : undefined,
    dependsOn: read.items('DependsOn').map((dependency) => ({
      name: known(dependency.text('ContainerName')) ?? '',
      condition: known(dependency.text('Condition')) ?? '',
      origin: dependency.origin,
    })),
    logDriver: known(logs?.text('LogDriver')),
    logOptions: isRecord(logs?.raw('Options')) ? (logs.raw('Options') as Record<string, unknown>) : {},
    properties: read.properties,
    origin: read.origin,
  };
}
