import type {
  BackupPolicy,
  LifecyclePolicy,
  PerformanceMode,
  ReplicationOverwriteProtection,
  ThroughputMode,
} from '@aws-sdk/client-efs';
import { gone } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { efsTags, syncTags } from './efs.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly Encrypted?: boolean;
  readonly PerformanceMode?: PerformanceMode;
  readonly ThroughputMode?: ThroughputMode;
  readonly ProvisionedThroughputInMibps?: number;
  readonly BackupPolicy?: BackupPolicy;
  readonly LifecyclePolicies?: LifecyclePolicy[];
  readonly FileSystemPolicy?: unknown;
  readonly BypassPolicyLockoutSafetyCheck?: boolean;
  readonly FileSystemProtection?: {
    readonly ReplicationOverwriteProtection?: ReplicationOverwriteProtection;
  };
  readonly FileSystemTags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-filesystem.html */
export const fileSystem = resourceType<Properties>({
  type: 'AWS::EFS::FileSystem',
  properties: [
    'Encrypted',
    'PerformanceMode',
    'ThroughputMode',
    'ProvisionedThroughputInMibps',
    'BackupPolicy',
    'LifecyclePolicies',
    'FileSystemPolicy',
    'BypassPolicyLockoutSafetyCheck',
    'FileSystemProtection',
    'FileSystemTags',
  ],
  async create(context) {
    const { Encrypted, PerformanceMode, ThroughputMode, ProvisionedThroughputInMibps, BackupPolicy } =
      context.properties;
    const { FileSystemId } = await context.region.api.efs.CreateFileSystem({
      CreationToken: context.token,
      Encrypted,
      PerformanceMode,
      ThroughputMode,
      ProvisionedThroughputInMibps,
      Backup: BackupPolicy?.Status === 'ENABLED',
      Tags: efsTags(context),
    });
    return FileSystemId!;
  },
  async find({ region, token }) {
    const { FileSystems = [] } = await region.api.efs.DescribeFileSystems({ CreationToken: token });
    return FileSystems[0]?.FileSystemId;
  },
  async sync(existing) {
    const { region, physicalId: FileSystemId, properties } = existing;
    const { efs } = region.api;
    if (existing.before && changed(existing, 'ThroughputMode', 'ProvisionedThroughputInMibps'))
      await efs.UpdateFileSystem({
        FileSystemId,
        ThroughputMode: properties.ThroughputMode ?? 'bursting',
        ProvisionedThroughputInMibps: properties.ProvisionedThroughputInMibps,
      });
    if (existing.before && changed(existing, 'BackupPolicy'))
      await efs.PutBackupPolicy({
        FileSystemId,
        BackupPolicy: properties.BackupPolicy ?? { Status: 'DISABLED' },
      });
    if (changed(existing, 'LifecyclePolicies'))
      await efs.PutLifecycleConfiguration({
        FileSystemId,
        LifecyclePolicies: properties.LifecyclePolicies ?? [],
      });
    if (changed(existing, 'FileSystemPolicy'))
      await (properties.FileSystemPolicy === undefined
        ? efs.DeleteFileSystemPolicy({ FileSystemId })
        : efs.PutFileSystemPolicy({ FileSystemId, Policy: JSON.stringify(properties.FileSystemPolicy) }));
    if (changed(existing, 'FileSystemProtection'))
      await efs.UpdateFileSystemProtection({
        FileSystemId,
        ReplicationOverwriteProtection:
          properties.FileSystemProtection?.ReplicationOverwriteProtection ?? 'ENABLED',
      });
    await syncTags(existing);
  },
  async read({ region, physicalId: FileSystemId }) {
    const { FileSystems = [] } = await region.api.efs.DescribeFileSystems({ FileSystemId });
    return { FileSystemId, Arn: FileSystems[0]?.FileSystemArn };
  },
  delete: ({ region, physicalId: FileSystemId }) => gone(region.api.efs.DeleteFileSystem({ FileSystemId })),
});
