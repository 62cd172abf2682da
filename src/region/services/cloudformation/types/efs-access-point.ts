import { gone, orMissing } from '../engine/failure.ts';
import { efsTags, syncTags } from './efs.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly FileSystemId: string;
  readonly ClientToken?: string;
  readonly PosixUser?: {
    readonly Uid: string;
    readonly Gid: string;
    readonly SecondaryGids?: readonly string[];
  };
  readonly RootDirectory?: {
    readonly Path?: string;
    readonly CreationInfo?: {
      readonly OwnerUid: string;
      readonly OwnerGid: string;
      readonly Permissions: string;
    };
  };
  readonly AccessPointTags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-accesspoint.html */
export const accessPoint = resourceType<Properties>({
  type: 'AWS::EFS::AccessPoint',
  properties: ['FileSystemId', 'ClientToken', 'PosixUser', 'RootDirectory', 'AccessPointTags'],
  async create(context) {
    const { FileSystemId, ClientToken, PosixUser: user, RootDirectory: root } = context.properties;
    const made = root?.CreationInfo;
    const { AccessPointId } = await context.region.api.efs.CreateAccessPoint({
      FileSystemId,
      ClientToken: ClientToken ?? context.token,
      ...(user
        ? {
            PosixUser: {
              Uid: Number(user.Uid),
              Gid: Number(user.Gid),
              ...(user.SecondaryGids ? { SecondaryGids: user.SecondaryGids.map(Number) } : {}),
            },
          }
        : {}),
      ...(root
        ? {
            RootDirectory: {
              Path: root.Path,
              ...(made
                ? {
                    CreationInfo: {
                      OwnerUid: Number(made.OwnerUid),
                      OwnerGid: Number(made.OwnerGid),
                      Permissions: made.Permissions,
                    },
                  }
                : {}),
            },
          }
        : {}),
      Tags: efsTags(context),
    });
    return AccessPointId!;
  },
  async find({ region, properties, token }) {
    const found = await orMissing(
      region.api.efs.DescribeAccessPoints({ FileSystemId: properties.FileSystemId, MaxResults: 1000 }),
    );
    return found?.AccessPoints?.find(({ ClientToken }) => ClientToken === (properties.ClientToken ?? token))
      ?.AccessPointId;
  },
  sync: (existing) => syncTags(existing),
  async read({ region, physicalId: AccessPointId }) {
    const { AccessPoints = [] } = await region.api.efs.DescribeAccessPoints({ AccessPointId });
    return { AccessPointId, Arn: AccessPoints[0]?.AccessPointArn };
  },
  delete: ({ region, physicalId: AccessPointId }) =>
    gone(region.api.efs.DeleteAccessPoint({ AccessPointId })),
});
