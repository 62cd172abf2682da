import { gone } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly CidrBlock: string;
  readonly AvailabilityZone?: string;
  readonly AvailabilityZoneId?: string;
  readonly MapPublicIpOnLaunch?: boolean;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html */
export const subnet = resourceType<Properties>({
  type: 'AWS::EC2::Subnet',
  properties: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'MapPublicIpOnLaunch', 'Tags'],
  async create(context) {
    const { VpcId, CidrBlock, AvailabilityZone, AvailabilityZoneId } = context.properties;
    const { Subnet } = await context.region.api.ec2.CreateSubnet({
      VpcId,
      CidrBlock,
      AvailabilityZone,
      AvailabilityZoneId,
      TagSpecifications: tagSpecifications(context, 'subnet'),
    });
    return Subnet!.SubnetId!;
  },
  async find(context) {
    const { Subnets = [] } = await context.region.api.ec2.DescribeSubnets({ Filters: ownFilters(context) });
    return notOthers(
      context,
      Subnets.map(({ SubnetId }) => SubnetId),
    );
  },
  async sync(existing) {
    const { physicalId: SubnetId, region, properties } = existing;
    if (changed(existing, 'MapPublicIpOnLaunch'))
      await region.api.ec2.ModifySubnetAttribute({
        SubnetId,
        MapPublicIpOnLaunch: { Value: properties.MapPublicIpOnLaunch ?? false },
      });
    await syncTags(existing);
  },
  async read({ physicalId, region }) {
    const { ec2 } = region.api;
    const [subnets, acls] = await Promise.all([
      ec2.DescribeSubnets({ SubnetIds: [physicalId] }),
      ec2.DescribeNetworkAcls({ Filters: [{ Name: 'association.subnet-id', Values: [physicalId] }] }),
    ]);
    const made = subnets.Subnets?.[0];
    const association = acls.NetworkAcls?.[0]?.Associations?.find(({ SubnetId }) => SubnetId === physicalId);
    return {
      AvailabilityZone: made?.AvailabilityZone,
      AvailabilityZoneId: made?.AvailabilityZoneId,
      CidrBlock: made?.CidrBlock,
      VpcId: made?.VpcId,
      NetworkAclAssociationId: association?.NetworkAclAssociationId,
      Ipv6CidrBlocks: [],
    };
  },
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteSubnet({ SubnetId: physicalId })),
});
