import type { KeyValuePair } from '@aws-sdk/client-ecs';
import type { Topology } from '../../../../topology/model.ts';
import type { Identity } from '../../../region.ts';
import type { ContainerSpec, Image, ImageConfig, Mount } from '../../../runtime/runtime.ts';
import type { TaskDefinitionRecord, TaskRecord } from '../state.ts';
import { metadataVariables } from '../metadata/variables.ts';
import { TaskFailure } from './failure.ts';
import { rolesOf } from './roles.ts';
import type { TaskVolume } from './volumes.ts';

export interface SpecInput {
  readonly identity: Identity;
  readonly task: TaskRecord;
  readonly definition: TaskDefinitionRecord;
  readonly container: TaskDefinitionRecord['containerDefinitions'][number];
  readonly image: Image;
  readonly runtimeId: string;
  readonly volumes: ReadonlyMap<string, TaskVolume>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly topology: Topology;
}

/** How one container of a task runs, but for what belongs to the process itself. */
export function containerSpec(input: SpecInput): Omit<ContainerSpec, 'id' | 'network' | 'onOutput'> {
  const { identity, task, container, image, topology } = input;
  const address = task.interface?.privateAddress ?? '';
  const hostname = hostnameOf(address, identity.region);
  const override = task.overrides.containerOverrides?.find(({ name }) => name === container.name);
  const workingDirectory = container.workingDirectory ?? image.config.workingDirectory;
  const user = container.user ?? image.config.user;
  return {
    image,
    argv: argvOf(container.entryPoint, override?.command ?? container.command, image.config),
    environment: {
      HOSTNAME: hostname,
      AWS_REGION: identity.region,
      AWS_DEFAULT_REGION: identity.region,
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      ...metadataVariables(task, input.runtimeId, rolesOf(task, input.definition).taskRoleArn !== undefined),
      ...image.config.environment,
      ...toRecord(container.environment),
      ...toRecord(override?.environment),
      ...input.secrets,
    },
    ...(workingDirectory ? { workingDirectory } : {}),
    ...(user ? { user } : {}),
    hostname,
    ...resolverOf(topology, task.subnetId),
    hosts: { [hostname]: address },
    mounts: mountsOf(input),
    readonlyRoot: container.readonlyRootFilesystem ?? false,
    ...kernelSettings(container),
    ...(container.pseudoTerminal
      ? { input: 'terminal' as const }
      : container.interactive
        ? { input: 'open' as const }
        : {}),
  };
}

const toRecord = (pairs: readonly KeyValuePair[] = []): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name ?? '', value ?? '']));

/** An entry point of the definition replaces the image's and drops its command. https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact */
export function argvOf(
  entryPoint: readonly string[] | undefined,
  command: readonly string[] | undefined,
  image: Pick<ImageConfig, 'entrypoint' | 'command'>,
): readonly string[] {
  const replaced = entryPoint !== undefined && entryPoint.length > 0;
  const own = command !== undefined && command.length > 0 ? command : undefined;
  const argv = [
    ...(replaced ? entryPoint : (image.entrypoint ?? [])),
    ...(own ?? (replaced ? [] : (image.command ?? []))),
  ];
  if (argv.length === 0)
    throw new TaskFailure('CannotCreateContainerError: Error response from daemon: no command specified');
  return argv;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html */
export const hostnameOf = (address: string, region: string): string =>
  `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal`;

/** The name servers and search domains of the VPC's DHCP options. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html */
function resolverOf(
  topology: Topology,
  subnetId: string,
): Pick<ContainerSpec, 'nameServers' | 'searchDomains'> {
  const vpcId = topology.subnets.find(({ id }) => id === subnetId)?.vpcId;
  const vpc = topology.vpcs.find(({ id }) => id === vpcId);
  if (!vpc) return { nameServers: [], searchDomains: [] };
  const provided = vpc.dnsSupport && vpc.cidrs[0] ? [plusTwo(vpc.cidrs[0])] : [];
  return {
    nameServers: vpc.dhcp.nameServers.flatMap((server) =>
      server === 'AmazonProvidedDNS' ? provided : [server],
    ),
    searchDomains: vpc.dhcp.domainNames,
  };
}

/** The resolver answers at the base of the VPC's first range plus two. https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
export function plusTwo(cidr: string): string {
  const base = cidr.slice(0, cidr.indexOf('/')).split('.').map(Number);
  const value = base.reduce((sum, byte) => sum * 256 + byte, 0) + 2;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** What the container mounts itself, and what it takes over from others. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html */
function mountsOf({ definition, container, volumes }: SpecInput): readonly Mount[] {
  const taken = (container.volumesFrom ?? []).flatMap(({ sourceContainer, readOnly }) =>
    (definition.containerDefinitions.find(({ name }) => name === sourceContainer)?.mountPoints ?? []).map(
      (mount) => (readOnly ? { ...mount, readOnly } : mount),
    ),
  );
  const own = new Set((container.mountPoints ?? []).map(({ containerPath }) => containerPath));
  const points = [
    ...(container.mountPoints ?? []),
    ...taken.filter(({ containerPath }) => !own.has(containerPath)),
  ];
  const mounted = points.flatMap(({ sourceVolume = '', containerPath = '', readOnly }): Mount[] => {
    const volume = volumes.get(sourceVolume);
    if (!volume) return [];
    return [{ ...volume, target: containerPath, readonly: volume.readonly || (readOnly ?? false) }];
  });
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
  const memory = (container.linuxParameters?.tmpfs ?? []).map(
    ({ containerPath = '', size, mountOptions }): Mount => ({
      kind: 'tmpfs',
      target: containerPath,
      readonly: false,
      ...(size === undefined ? {} : { mebibytes: size }),
      ...(mountOptions?.length ? { options: mountOptions } : {}),
    }),
  );
  return [...mounted, ...memory];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html */
function kernelSettings({
  linuxParameters: linux,
  ulimits = [],
  systemControls = [],
}: SpecInput['container']): Partial<ContainerSpec> {
  const files = ulimits.find(({ name }) => name === 'nofile');
  const { add = [], drop = [] } = linux?.capabilities ?? {};
  return {
    ...(linux?.initProcessEnabled ? { init: true } : {}),
    ...(add.length + drop.length > 0 ? { capabilities: { add, drop } } : {}),
    ...(files ? { openFiles: { soft: files.softLimit ?? 0, hard: files.hardLimit ?? 0 } } : {}),
    ...(systemControls.length > 0
      ? {
          kernelParameters: Object.fromEntries(
            systemControls.map(({ namespace, value }) => [namespace ?? '', value ?? '']),
          ),
        }
      : {}),
  };
}
