import type { EFSVolumeConfiguration } from '@aws-sdk/client-ecs';
import type { AccessPointDescription } from '@aws-sdk/client-efs';
import { OperationError } from '../../../../common/problem.ts';
import { ApiError } from '../../../gateway/api-error.ts';
import { namespaceOf } from '../../../network/namespace.ts';
import type { Ecs, TaskRecord } from '../state.ts';
import { TaskFailure } from './failure.ts';
import { descriptionOf } from './interface.ts';
import { reaches } from './reach.ts';
import type { TaskVolume } from './volumes.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/network-access.html */
const NFS_PORT = 2049;

/**
 * Mounts an EFS file system for a task, by the mount target in the zone of the task, if packets get there.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html
 */
export async function mountFileSystem(
  ecs: Ecs,
  task: TaskRecord,
  { fileSystemId = '', rootDirectory = '/', authorizationConfig }: EFSVolumeConfiguration,
): Promise<TaskVolume> {
  const { region } = ecs;
  const address = await targetAddress(ecs, task, fileSystemId);
  if (address === undefined) throw unresolved(ecs, fileSystemId);
  await region.plane.network.settled();
  const network = namespaceOf(descriptionOf(ecs, task));
  if (!(await reaches(region.plane.netd, network, address, NFS_PORT)))
    throw failure("b'mount.nfs4: Connection timed out'", 32);
  const point = await accessPoint(ecs, fileSystemId, authorizationConfig?.accessPointId);
  const volume = region.internal.efs.volume(fileSystemId);
  const root = point?.RootDirectory;
  const subpath = root?.Path ?? rootDirectory;
  const made = root?.CreationInfo;
  try {
    await region.plane.runtime.ensureVolumeFolder?.(
      volume,
      subpath,
      made && {
        uid: made.OwnerUid ?? 0,
        gid: made.OwnerGid ?? 0,
        mode: made.Permissions ?? '755',
      },
    );
  } catch (error) {
    if (!(error instanceof OperationError && error.code === 'volume-folder-missing')) throw error;
    throw failure(
      `b'mount.nfs4: mounting ${fileSystemId}.efs.${region.identity.region}.amazonaws.com:${subpath} failed, reason given by server: No such file or directory'`,
      32,
    );
  }
  return {
    kind: 'volume',
    source: volume,
    readonly: false,
    initially: 'empty',
    ...(subpath === '/' ? {} : { subpath }),
  };
}

/** The file system's name resolves to the mount target in the client's zone. https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html */
async function targetAddress(
  { region }: Ecs,
  task: TaskRecord,
  FileSystemId: string,
): Promise<string | undefined> {
  const { MountTargets = [] } = await region.api.efs
    .DescribeMountTargets({ FileSystemId })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'FileSystemNotFound') return { MountTargets: [] };
      throw error;
    });
  const { subnets } = region.internal.ec2.topology();
  const vpcId = subnets.find(({ id }) => id === task.subnetId)?.vpcId;
  return MountTargets.find(
    ({ AvailabilityZoneName, VpcId, LifeCycleState }) =>
      AvailabilityZoneName === task.zone && VpcId === vpcId && LifeCycleState === 'available',
  )?.IpAddress;
}

async function accessPoint(
  { region }: Ecs,
  fileSystemId: string,
  AccessPointId: string | undefined,
): Promise<AccessPointDescription | undefined> {
  if (AccessPointId === undefined) return undefined;
  const { AccessPoints: [found] = [] } = await region.api.efs
    .DescribeAccessPoints({ AccessPointId })
    .catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'AccessPointNotFound') return { AccessPoints: [] };
      throw error;
    });
  if (found?.FileSystemId !== fileSystemId)
    throw failure("b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'", 32);
  return found;
}

const unresolved = ({ region }: Ecs, fileSystemId: string): TaskFailure =>
  failure(
    `Failed to resolve "${fileSystemId}.efs.${region.identity.region}.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail.`,
    1,
  );

/** https://repost.aws/knowledge-center/fargate-unable-to-mount-efs */
const failure = (said: string, code: number): TaskFailure =>
  new TaskFailure(
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${said} : unsuccessful EFS utils command execution; code: ${code}`,
  );
