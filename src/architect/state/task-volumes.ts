import { getAtt, ref, resource, type Resources } from '../intrinsics.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import type { TaskVolume } from './storage.ts';

/** An entry of `Volumes` of a task definition. */
export function volumeEntry(volume: TaskVolume): Record<string, unknown> {
  switch (volume.kind) {
    case 'efs':
      return {
        Name: volume.id,
        // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html
        EFSVolumeConfiguration: {
          FilesystemId: ref(logicalId.fileSystem(volume.volume)),
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: {
            AccessPointId: ref(logicalId.accessPoint(volume.volume)),
            IAM: 'ENABLED',
          },
        },
      };
    case 'ebs':
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
      return { Name: volume.id, ConfiguredAtLaunch: true };
    default:
      return { Name: volume.id };
  }
}

/**
 * Volumes that the local region keeps by their names in the project, those that begin with what the image has, and those of which
 * somebody decided that they go with their task.
 */
export const volumeTags = (volumes: readonly TaskVolume[]): { Key: string; Value: string }[] =>
  volumes.flatMap((volume) => {
    if (volume.kind === 'kept') return [{ Key: `fairway:volume:${volume.id}`, Value: volume.externalName }];
    const decided = volume.kind === 'ebs' ? 'ebs' : volume.kind === 'scratch' ? volume.decided : undefined;
    return [
      ...(decided === undefined ? [] : [{ Key: `fairway:state:${volume.id}`, Value: decided }]),
      ...(volume.kind === 'scratch' && volume.filled
        ? [{ Key: `fairway:filled:${volume.id}`, Value: 'image' }]
        : []),
    ];
  });

const blocks = ({ storage }: Plan, owner: string) =>
  (storage.get(owner)?.volumes ?? []).filter((volume) => volume.kind === 'ebs');

/** GiB, where the volume does not say `size`. */
const SIZE = 20;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-volumes.html */
export function volumeConfigurations(plan: Plan, owner: string): Record<string, unknown> {
  const used = blocks(plan, owner);
  if (used.length === 0) return {};
  return {
    VolumeConfigurations: used.map(({ id }) => ({
      Name: id,
      ManagedEBSVolume: {
        RoleArn: getAtt('InfrastructureRole', 'Arn'),
        SizeInGiB: Number(plan.app.volumes.find(({ name }) => name === id)?.options['size'] ?? SIZE),
        VolumeType: 'gp3',
        Encrypted: true,
        FilesystemType: 'ext4',
      },
    })),
  };
}

/** The role by which ECS attaches disks. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html */
export function infrastructureRole(plan: Plan): Resources {
  if (plan.tasks.every(({ owner }) => blocks(plan, owner.name).length === 0)) return {};
  return {
    InfrastructureRole: resource('the role that attaches disks to tasks', 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      ManagedPolicyArns: [
        {
          'Fn::Sub':
            'arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes',
        },
      ],
    }),
  };
}
