import { gone } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkacl.html */
export const networkAcl = resourceType<Properties>({
  type: 'AWS::EC2::NetworkAcl',
  properties: ['VpcId', 'Tags'],
  async create(context) {
    const { NetworkAcl } = await context.region.api.ec2.CreateNetworkAcl({
      VpcId: context.properties.VpcId,
      TagSpecifications: tagSpecifications(context, 'network-acl'),
    });
    return NetworkAcl!.NetworkAclId!;
  },
  async find(context) {
    const { NetworkAcls = [] } = await context.region.api.ec2.DescribeNetworkAcls({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      NetworkAcls.map(({ NetworkAclId }) => NetworkAclId),
    );
  },
  sync: (existing) => syncTags(existing),
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteNetworkAcl({ NetworkAclId: physicalId })),
});
