import type * as sdk from '@aws-sdk/client-efs';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { badRequest, conflict, groupLimit, groupNotFound, operation, subnetNotFound } from './errors.ts';
import { newId, type Efs, type MountTargetRecord } from './state.ts';

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html */
const MOST_GROUPS = 5;

export function mountTargetHandlers(efs: Efs): Handlers<typeof sdk> {
  // Asked for when it is used: services are made before they know each other.
  const ec2 = () => efs.region.internal.ec2;
  return {
    CreateMountTarget: operation(
      ['FileSystemId', 'SubnetId', 'IpAddress', 'SecurityGroups', 'IpAddressType'],
      ({ FileSystemId, SubnetId = '', IpAddress, SecurityGroups = [], IpAddressType = 'IPV4_ONLY' }) => {
        const fileSystem = efs.fileSystem(FileSystemId);
        if (IpAddressType !== 'IPV4_ONLY')
          throw badRequest(`IpAddressType ${IpAddressType} is not enacted in the local region`);
        const { subnets, securityGroups } = ec2().topology();
        const subnet = subnets.find(({ id }) => id === SubnetId);
        if (!subnet) throw subnetNotFound(SubnetId);
        for (const target of efs.targetsOf(fileSystem.id)) {
          if (target.vpcId !== subnet.vpcId)
            throw conflict(
              `requested subnet for new mount target is not in the same VPC as existing mount targets`,
            );
          if (target.zone === subnet.zone) throw conflict(`mount target already exists in this AZ`);
        }
        const fallback = securityGroups.filter(
          ({ vpcId, name }) => vpcId === subnet.vpcId && name === 'default',
        );
        const groupIds = SecurityGroups.length > 0 ? SecurityGroups : fallback.map(({ id }) => id);
        checkGroups(efs, groupIds);
        const id = newId('fsmt');
        const made = interfaceOf(efs, id, fileSystem.id, SubnetId, groupIds, IpAddress);
        const record: MountTargetRecord = {
          id,
          fileSystemId: fileSystem.id,
          subnetId: SubnetId,
          zone: subnet.zone,
          vpcId: subnet.vpcId,
          interfaceId: made.id,
          address: made.privateAddress,
          groupIds,
        };
        efs.mountTargets.put(id, record);
        return view(efs, record);
      },
    ),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_DescribeMountTargets.html */
    DescribeMountTargets: operation(
      ['MaxItems', 'Marker', 'FileSystemId', 'MountTargetId', 'AccessPointId'],
      ({ MaxItems = 100, Marker, FileSystemId, MountTargetId, AccessPointId }) => {
        const given = [FileSystemId, MountTargetId, AccessPointId].filter((one) => one !== undefined);
        if (given.length !== 1)
          throw badRequest(
            'You must specify exactly one of: file system ID, mount target ID, access point ID.',
          );
        const found =
          MountTargetId === undefined
            ? efs.targetsOf(
                AccessPointId === undefined
                  ? efs.fileSystem(FileSystemId).id
                  : efs.accessPoint(AccessPointId).fileSystemId,
              )
            : [efs.mountTarget(MountTargetId)];
        const { items, next } = pageAfter(
          found,
          ({ id }) => id,
          MaxItems,
          Marker,
          () => badRequest('Invalid Marker'),
        );
        return {
          MountTargets: items.map((record) => view(efs, record)),
          ...(Marker === undefined ? {} : { Marker }),
          ...(next === undefined ? {} : { NextMarker: next }),
        };
      },
    ),
    DescribeMountTargetSecurityGroups: operation(['MountTargetId'], ({ MountTargetId }) => ({
      SecurityGroups: [...efs.mountTarget(MountTargetId).groupIds],
    })),
    ModifyMountTargetSecurityGroups: operation(
      ['MountTargetId', 'SecurityGroups'],
      ({ MountTargetId, SecurityGroups = [] }) => {
        const target = efs.mountTarget(MountTargetId);
        checkGroups(efs, SecurityGroups);
        ec2().setRequesterInterfaceGroups(target.interfaceId, SecurityGroups);
        efs.mountTargets.patch(target.id, { groupIds: SecurityGroups });
        return {};
      },
    ),
    /** https://docs.aws.amazon.com/efs/latest/ug/API_DeleteMountTarget.html */
    DeleteMountTarget: operation(['MountTargetId'], ({ MountTargetId }) => {
      const target = efs.mountTarget(MountTargetId);
      efs.mountTargets.delete(target.id);
      ec2().deleteRequesterInterface(target.interfaceId);
      return {};
    }),
  };
}

function interfaceOf(
  { region }: Efs,
  id: string,
  fileSystemId: string,
  subnetId: string,
  groupIds: readonly string[],
  address: string | undefined,
) {
  try {
    return region.internal.ec2.createRequesterInterface({
      subnetId,
      groupIds,
      description: `${descriptionStart}${fileSystemId} (${id})`,
      requester: 'elasticfilesystem',
      ...(address === undefined ? {} : { privateAddress: address }),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const code = {
      'InvalidIPAddress.InUse': 'IpAddressInUse',
      InsufficientFreeAddressesInSubnet: 'NoFreeAddressesInSubnet',
    }[error.code];
    if (code === undefined) throw badRequest(error.message);
    throw new ApiError(code, error.message, 409, { ErrorCode: code, Message: error.message });
  }
}

/** As EC2 shows the interface. https://docs.aws.amazon.com/efs/latest/ug/manage-fs-access.html */
const descriptionStart = 'EFS mount target for ';

/** Deletes interfaces that no mount target has: made just before a crash. */
export function sweepInterfaces({ region, mountTargets }: Efs): void {
  const { ec2 } = region.internal;
  const held = new Set([...mountTargets.values()].map(({ interfaceId }) => interfaceId));
  for (const { id, description } of ec2.topology().interfaces)
    if (description.startsWith(descriptionStart) && !held.has(id)) ec2.deleteRequesterInterface(id);
}

function checkGroups({ region }: Efs, groupIds: readonly string[]): void {
  if (groupIds.length > MOST_GROUPS) throw groupLimit();
  const { securityGroups } = region.internal.ec2.topology();
  const unknown = groupIds.find((id) => !securityGroups.some((group) => group.id === id));
  if (unknown !== undefined) throw groupNotFound(unknown);
}

/** https://docs.aws.amazon.com/efs/latest/ug/API_MountTargetDescription.html */
function view({ region }: Efs, record: MountTargetRecord): sdk.MountTargetDescription {
  return {
    OwnerId: region.identity.accountId,
    MountTargetId: record.id,
    FileSystemId: record.fileSystemId,
    SubnetId: record.subnetId,
    LifeCycleState: 'available',
    IpAddress: record.address,
    NetworkInterfaceId: record.interfaceId,
    AvailabilityZoneName: record.zone,
    VpcId: record.vpcId,
  };
}
