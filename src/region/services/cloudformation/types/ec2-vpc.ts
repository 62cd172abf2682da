import type { Tenancy } from '@aws-sdk/client-ec2';
import { gone } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly CidrBlock: string;
  readonly EnableDnsSupport?: boolean;
  readonly EnableDnsHostnames?: boolean;
  readonly InstanceTenancy?: Tenancy;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html */
export const vpc = resourceType<Properties>({
  type: 'AWS::EC2::VPC',
  properties: ['CidrBlock', 'EnableDnsSupport', 'EnableDnsHostnames', 'InstanceTenancy', 'Tags'],
  async create(context) {
    const { CidrBlock, InstanceTenancy } = context.properties;
    const { Vpc } = await context.region.api.ec2.CreateVpc({
      CidrBlock,
      InstanceTenancy,
      TagSpecifications: tagSpecifications(context, 'vpc'),
    });
    return Vpc!.VpcId!;
  },
  async find(context) {
    const { Vpcs = [] } = await context.region.api.ec2.DescribeVpcs({ Filters: ownFilters(context) });
    return notOthers(
      context,
      Vpcs.map(({ VpcId }) => VpcId),
    );
  },
  async sync(existing) {
    const { physicalId: VpcId, region, properties } = existing;
    const { ModifyVpcAttribute } = region.api.ec2;
    if (changed(existing, 'EnableDnsSupport'))
      await ModifyVpcAttribute({ VpcId, EnableDnsSupport: { Value: properties.EnableDnsSupport ?? true } });
    if (changed(existing, 'EnableDnsHostnames'))
      await ModifyVpcAttribute({
        VpcId,
        EnableDnsHostnames: { Value: properties.EnableDnsHostnames ?? false },
      });
    if (existing.before && changed(existing, 'InstanceTenancy'))
      await region.api.ec2.ModifyVpcTenancy({ VpcId, InstanceTenancy: 'default' });
    await syncTags(existing);
  },
  async read({ physicalId, region }) {
    const { ec2 } = region.api;
    const ofVpc = { Name: 'vpc-id', Values: [physicalId] };
    const [vpcs, acls, groups] = await Promise.all([
      ec2.DescribeVpcs({ VpcIds: [physicalId] }),
      ec2.DescribeNetworkAcls({ Filters: [ofVpc, { Name: 'default', Values: ['true'] }] }),
      ec2.DescribeSecurityGroups({ Filters: [ofVpc, { Name: 'group-name', Values: ['default'] }] }),
    ]);
    const made = vpcs.Vpcs?.[0];
    return {
      CidrBlock: made?.CidrBlock,
      CidrBlockAssociations: (made?.CidrBlockAssociationSet ?? []).map(({ AssociationId }) => AssociationId),
      DefaultNetworkAcl: acls.NetworkAcls?.[0]?.NetworkAclId,
      DefaultSecurityGroup: groups.SecurityGroups?.[0]?.GroupId,
      Ipv6CidrBlocks: [],
    };
  },
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteVpc({ VpcId: physicalId })),
});
