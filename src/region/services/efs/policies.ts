import type * as sdk from '@aws-sdk/client-efs';
import type { Handlers } from '../../gateway/types.ts';
import { badRequest, operation, policyNotFound } from './errors.ts';
import type { Efs } from './state.ts';

/** What a file system is told about access, backups and storage classes: kept and answered; nothing here moves or copies data. */
export function policyHandlers(efs: Efs): Handlers<typeof sdk> {
  const backup = (enabled: boolean) => ({
    BackupPolicy: { Status: enabled ? ('ENABLED' as const) : ('DISABLED' as const) },
  });
  return {
    /** https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html */
    PutFileSystemPolicy: operation(
      ['FileSystemId', 'Policy', 'BypassPolicyLockoutSafetyCheck'],
      ({ FileSystemId, Policy = '' }) => {
        const { id } = efs.fileSystem(FileSystemId);
        try {
          JSON.parse(Policy);
        } catch {
          throw badRequest('The policy is not valid JSON.');
        }
        efs.fileSystems.patch(id, { policy: Policy });
        return { FileSystemId: id, Policy };
      },
    ),
    DescribeFileSystemPolicy: operation(['FileSystemId'], ({ FileSystemId }) => {
      const { id, policy } = efs.fileSystem(FileSystemId);
      if (policy === undefined) throw policyNotFound(id);
      return { FileSystemId: id, Policy: policy };
    }),
    DeleteFileSystemPolicy: operation(['FileSystemId'], ({ FileSystemId }) => {
      efs.fileSystems.patch(efs.fileSystem(FileSystemId).id, { policy: undefined });
      return {};
    }),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_PutBackupPolicy.html */
    PutBackupPolicy: operation(['FileSystemId', 'BackupPolicy'], ({ FileSystemId, BackupPolicy }) => {
      const enabled = BackupPolicy?.Status === 'ENABLED';
      efs.fileSystems.patch(efs.fileSystem(FileSystemId).id, { backup: enabled });
      return backup(enabled);
    }),
    DescribeBackupPolicy: operation(['FileSystemId'], ({ FileSystemId }) =>
      backup(efs.fileSystem(FileSystemId).backup),
    ),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html */
    PutLifecycleConfiguration: operation(
      ['FileSystemId', 'LifecyclePolicies'],
      ({ FileSystemId, LifecyclePolicies = [] }) => {
        if (LifecyclePolicies.some((policy) => Object.keys(policy).length !== 1))
          throw badRequest('Each LifecyclePolicy object has exactly one transition.');
        efs.fileSystems.patch(efs.fileSystem(FileSystemId).id, { lifecycle: LifecyclePolicies });
        return { LifecyclePolicies };
      },
    ),
    DescribeLifecycleConfiguration: operation(['FileSystemId'], ({ FileSystemId }) => ({
      LifecyclePolicies: [...efs.fileSystem(FileSystemId).lifecycle],
    })),
  };
}
