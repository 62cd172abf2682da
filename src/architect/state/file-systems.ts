import type { NamedVolume, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { defined, getAtt, nameTag, ref, resource, type Resources } from '../intrinsics.ts';
import { layoutOf, taskSubnets } from '../network.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import { NO_EGRESS } from '../security.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/network-access.html */
const NFS = 2049;

/** Options that compose-ecs had for EFS. */
const OPTIONS = [
  'performance_mode',
  'throughput_mode',
  'provisioned_throughput',
  'uid',
  'gid',
  'permissions',
  'root_directory',
  'backup_policy',
];

export const fileSystemProblems = ({ name, options, state, position }: NamedVolume): Problem[] =>
  Object.keys(options)
    .filter((key) => !OPTIONS.includes(key))
    .map((key) => ({
      code: 'volume-option',
      message: `the volume ${name} has the option ${key}, which says nothing about an EFS file system`,
      position: state?.position ?? position,
      fix: `known are ${OPTIONS.join(', ')}`,
    }));

/** Tasks that use each EFS volume. */
function usersOf({ storage }: Pick<Plan, 'storage'>, volume: string): string[] {
  return [...storage]
    .filter(([, { volumes }]) => volumes.some((one) => one.kind === 'efs' && one.volume === volume))
    .map(([owner]) => owner);
}

export const usedFileSystems = (plan: Pick<Plan, 'app' | 'storage'>): NamedVolume[] =>
  plan.app.volumes.filter(({ name }) => usersOf(plan, name).length > 0);

/** A file system for each volume, reachable in every subnet of the tasks, by those that mount it alone. */
export function fileSystems(plan: Plan): Resources {
  return Object.assign({}, ...usedFileSystems(plan).map((volume) => fileSystem(plan, volume)));
}

function fileSystem(plan: Plan, volume: NamedVolume): Resources {
  const { name, options } = volume;
  const users = usersOf(plan, name);
  const owner = ownerOf(volume, plan.services);
  return {
    [logicalId.fileSystem(name)]: resource(
      `${name}: its file system`,
      'AWS::EFS::FileSystem',
      defined({
        Encrypted: true,
        PerformanceMode: options['performance_mode'],
        ThroughputMode: options['throughput_mode'],
        ProvisionedThroughputInMibps:
          options['provisioned_throughput'] === undefined
            ? undefined
            : Number(options['provisioned_throughput']),
        BackupPolicy: options['backup_policy'] && { Status: options['backup_policy'].toUpperCase() },
        FileSystemTags: [
          ...nameTag(name),
          // The local region keeps the files under this name, whatever becomes of the stack.
          ...(plan.target === 'local' ? [{ Key: 'fairway:volume', Value: volume.externalName }] : []),
        ],
      }),
      // Data outlives the stack: it is deleted by hand.
      plan.target === 'local' ? {} : { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    ),
    [logicalId.fileSystemGroup(name)]: resource(
      `${name}: the security group of its file system`,
      'AWS::EC2::SecurityGroup',
      {
        GroupDescription: `File system ${name} of ${plan.app.name}`,
        VpcId: ref('Vpc'),
        SecurityGroupEgress: [NO_EGRESS],
        Tags: nameTag(name),
      },
    ),
    ...Object.fromEntries(
      taskSubnets(layoutOf(plan)).map((subnet, index) => [
        logicalId.mountTarget(name, index + 1),
        resource(`${name}: the way to its file system in zone ${index + 1}`, 'AWS::EFS::MountTarget', {
          FileSystemId: ref(logicalId.fileSystem(name)),
          SubnetId: ref(subnet),
          SecurityGroups: [getAtt(logicalId.fileSystemGroup(name), 'GroupId')],
        }),
      ]),
    ),
    [logicalId.accessPoint(name)]: resource(`${name}: its folder`, 'AWS::EFS::AccessPoint', {
      FileSystemId: ref(logicalId.fileSystem(name)),
      // Programs that begin as root and change to another user need their own ids, so that those are forced only where the file says so.
      ...(options['uid'] === undefined && options['gid'] === undefined
        ? {}
        : { PosixUser: { Uid: owner.uid, Gid: owner.gid } }),
      RootDirectory: {
        Path: options['root_directory'] ?? `/${name}`,
        CreationInfo: {
          OwnerUid: owner.uid,
          OwnerGid: owner.gid,
          Permissions: options['permissions'] ?? '0755',
        },
      },
    }),
    ...Object.assign({}, ...users.map((user) => rules(user, name))),
  };
}

/** Of the options, else of the first service that mounts it and runs as a user by number, else root. */
function ownerOf({ name, options }: NamedVolume, services: readonly Service[]): { uid: string; gid: string } {
  const user = services
    .filter(({ mounts }) => mounts.some((mount) => mount.kind === 'volume' && mount.volume === name))
    .map((service) => /^(\d+)(?::(\d+))?$/.exec(service.user?.value ?? ''))
    .find(Boolean);
  const uid = options['uid'] ?? user?.[1] ?? '0';
  return { uid, gid: options['gid'] ?? user?.[2] ?? uid };
}

const ruleIds = (user: string, volume: string): [egress: string, ingress: string] => [
  logicalId.edge(user, `${volume}-volume`, NFS, 'Egress'),
  logicalId.edge(user, `${volume}-volume`, NFS, 'Ingress'),
];

function rules(user: string, volume: string): Resources {
  const [egress, ingress] = ruleIds(user, volume);
  const rule = { IpProtocol: 'tcp', FromPort: NFS, ToPort: NFS };
  const source = ref(logicalId.securityGroup(user));
  const target = ref(logicalId.fileSystemGroup(volume));
  return {
    [egress]: resource(`${user} may mount ${volume}`, 'AWS::EC2::SecurityGroupEgress', {
      GroupId: source,
      DestinationSecurityGroupId: target,
      ...rule,
      Description: `to the files of ${volume}`,
    }),
    [ingress]: resource(`${volume} may be mounted by ${user}`, 'AWS::EC2::SecurityGroupIngress', {
      GroupId: target,
      SourceSecurityGroupId: source,
      ...rule,
      Description: `from ${user}`,
    }),
  };
}

/** What has to be there before a task can mount its volumes. */
export const mountsOf = (plan: Plan, owner: string): string[] =>
  usedFileSystems(plan)
    .filter(({ name }) => usersOf(plan, name).includes(owner))
    .flatMap(({ name }) => [
      ...taskSubnets(layoutOf(plan)).map((_subnet, index) => logicalId.mountTarget(name, index + 1)),
      ...ruleIds(owner, name),
    ]);

/** https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
export function mountStatements(plan: Plan, owner: string): unknown[] {
  return usedFileSystems(plan)
    .filter(({ name }) => usersOf(plan, name).includes(owner))
    .map(({ name }) => ({
      Effect: 'Allow',
      Action: [
        'elasticfilesystem:ClientMount',
        'elasticfilesystem:ClientWrite',
        'elasticfilesystem:ClientRootAccess',
      ],
      Resource: getAtt(logicalId.fileSystem(name), 'Arn'),
      Condition: {
        StringEquals: { 'elasticfilesystem:AccessPointArn': getAtt(logicalId.accessPoint(name), 'Arn') },
      },
    }));
}
