import type { MountTargetDescription } from '@aws-sdk/client-efs';
import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly FileSystemId: string;
  readonly SubnetId: string;
  readonly SecurityGroups: readonly string[];
  readonly IpAddress?: string;
  readonly IpAddressType?: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-mounttarget.html */
export const mountTarget = resourceType<Properties>({
  type: 'AWS::EFS::MountTarget',
  properties: ['FileSystemId', 'SubnetId', 'SecurityGroups', 'IpAddress', 'IpAddressType'],
  async create({ region, properties }) {
    const { FileSystemId, SubnetId, SecurityGroups, IpAddress, IpAddressType } = properties;
    const { MountTargetId } = await region.api.efs.CreateMountTarget({
      FileSystemId,
      SubnetId,
      SecurityGroups: [...SecurityGroups],
      IpAddress,
      IpAddressType: IpAddressType as 'IPV4_ONLY' | undefined,
    });
    return MountTargetId!;
  },
  /** A file system has one in a subnet at most. https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html */
  async find({ region, properties: { FileSystemId, SubnetId }, others }) {
    const found = await orMissing(region.api.efs.DescribeMountTargets({ FileSystemId }));
    return found?.MountTargets?.find(
      (target) => target.SubnetId === SubnetId && !others.includes(target.MountTargetId ?? ''),
    )?.MountTargetId;
  },
  async sync(existing) {
    const { region, physicalId: MountTargetId, properties } = existing;
    if (existing.before && changed(existing, 'SecurityGroups'))
      await region.api.efs.ModifyMountTargetSecurityGroups({
        MountTargetId,
        SecurityGroups: [...properties.SecurityGroups],
      });
  },
  /** It is of use once packets get to its interface. */
  settle: ({ region }) => region.plane.network.settled(),
  async read({ region, physicalId: MountTargetId }) {
    const { MountTargets: [found] = [] } = await region.api.efs.DescribeMountTargets({ MountTargetId });
    const target: MountTargetDescription | undefined = found;
    return { Id: MountTargetId, IpAddress: target?.IpAddress };
  },
  delete: ({ region, physicalId: MountTargetId }) =>
    gone(region.api.efs.DeleteMountTarget({ MountTargetId })),
});
