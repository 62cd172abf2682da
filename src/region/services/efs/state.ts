import type * as sdk from '@aws-sdk/client-efs';
import { randomBytes } from 'node:crypto';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { accessPointNotFound, fileSystemNotFound, mountTargetNotFound } from './errors.ts';

export interface FileSystemRecord {
  readonly id: string;
  readonly arn: string;
  readonly creationToken: string;
  readonly performanceMode: sdk.PerformanceMode;
  readonly throughputMode: sdk.ThroughputMode;
  readonly provisionedThroughput?: number | undefined;
  readonly encrypted: boolean;
  readonly backup: boolean;
  readonly lifecycle: readonly sdk.LifecyclePolicy[];
  readonly policy?: string | undefined;
  readonly protection: sdk.ReplicationOverwriteProtection;
  readonly createdAt: Date;
}
export interface MountTargetRecord {
  readonly id: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly vpcId: string;
  readonly interfaceId: string;
  readonly address: string;
  readonly groupIds: readonly string[];
}
export interface AccessPointRecord {
  readonly id: string;
  readonly arn: string;
  readonly fileSystemId: string;
  readonly clientToken: string;
  readonly posixUser?: sdk.PosixUser | undefined;
  readonly rootDirectory: sdk.RootDirectory;
}

/** What every operation of the service works on. */
export interface Efs {
  readonly region: Region;
  readonly fileSystems: Table<FileSystemRecord>;
  readonly mountTargets: Table<MountTargetRecord>;
  readonly accessPoints: Table<AccessPointRecord>;
  /** By the id of a file system or access point. */
  readonly tags: Table<Record<string, string>>;
  now(): Date;
  arn(kind: 'file-system' | 'access-point', id: string): string;
  fileSystem(id: string | undefined): FileSystemRecord;
  mountTarget(id: string | undefined): MountTargetRecord;
  accessPoint(id: string | undefined): AccessPointRecord;
  targetsOf(fileSystemId: string): readonly MountTargetRecord[];
}

export function createState(region: Region): Efs {
  const { store, clock, identity } = region;
  const fileSystems = store.table<FileSystemRecord>('efs/file-systems');
  const mountTargets = store.table<MountTargetRecord>('efs/mount-targets');
  const accessPoints = store.table<AccessPointRecord>('efs/access-points');
  return {
    region,
    fileSystems,
    mountTargets,
    accessPoints,
    tags: store.table('efs/tags'),
    now: () => new Date(clock.now()),
    arn: (kind, id) =>
      `arn:${identity.partition}:elasticfilesystem:${identity.region}:${identity.accountId}:${kind}/${id}`,
    fileSystem: (id = '') => fileSystems.get(bare(id)) ?? fail(fileSystemNotFound(id)),
    mountTarget: (id = '') => mountTargets.get(id) ?? fail(mountTargetNotFound(id)),
    accessPoint: (id = '') => accessPoints.get(bare(id)) ?? fail(accessPointNotFound(id)),
    targetsOf: (fileSystemId) =>
      [...mountTargets.values()].filter((target) => target.fileSystemId === fileSystemId),
  };
}

/** An id may be given as its ARN. https://docs.aws.amazon.com/efs/latest/ug/API_DescribeMountTargets.html */
const bare = (idOrArn: string): string => idOrArn.slice(idOrArn.lastIndexOf('/') + 1);

function fail(error: Error): never {
  throw error;
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemDescription.html: 17 hex digits */
export const newId = (prefix: 'fs' | 'fsmt' | 'fsap'): string =>
  `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;

/** Names the volume of this machine that a file system stands for: its data outlives the file system, and comes back with the next. */
export const VOLUME_TAG = 'fairway:volume';

/** The runtime's volume that holds a file system's data. */
export function volumeOf({ tags }: Efs, fileSystemId: string): string {
  const kept = tags.get(fileSystemId)?.[VOLUME_TAG];
  return kept !== undefined && /^[A-Za-z0-9][\w.-]*$/.test(kept) ? kept : `efs-${fileSystemId}`;
}
