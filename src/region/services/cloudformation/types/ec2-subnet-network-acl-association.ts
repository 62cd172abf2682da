import type { Region } from '../../../region.ts';
import { orMissing } from '../engine/failure.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly SubnetId: string;
  readonly NetworkAclId: string;
}

/** A subnet always has exactly one association: making one moves it, deleting one moves it to the VPC's default ACL. */
async function current(region: Region, subnetId: string) {
  const found = await orMissing(
    region.api.ec2.DescribeNetworkAcls({
      Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }],
    }),
  );
  for (const { Associations = [], VpcId } of found?.NetworkAcls ?? [])
    for (const { SubnetId, NetworkAclAssociationId, NetworkAclId } of Associations)
      if (SubnetId === subnetId) return { id: NetworkAclAssociationId!, aclId: NetworkAclId!, vpcId: VpcId! };
  return undefined;
}

async function move(region: Region, { SubnetId, NetworkAclId }: Properties): Promise<string> {
  const { NewAssociationId } = await region.api.ec2.ReplaceNetworkAclAssociation({
    AssociationId: (await current(region, SubnetId))?.id ?? '',
    NetworkAclId,
  });
  return NewAssociationId!;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnetnetworkaclassociation.html */
export const subnetNetworkAclAssociation = resourceType<Properties>({
  type: 'AWS::EC2::SubnetNetworkAclAssociation',
  properties: ['SubnetId', 'NetworkAclId'],
  moves: ['NetworkAclId'],
  create: ({ region, properties }) => move(region, properties),
  async find({ region, properties: { SubnetId, NetworkAclId } }) {
    const association = await current(region, SubnetId);
    return association?.aclId === NetworkAclId ? association.id : undefined;
  },
  async sync({ region, before, properties }) {
    if (!before) return undefined;
    const association = await current(region, properties.SubnetId);
    return association?.aclId === properties.NetworkAclId ? association.id : move(region, properties);
  },
  read: async ({ physicalId }) => ({ AssociationId: physicalId }),
  async delete({ region, physicalId, properties: { SubnetId } }) {
    const association = await current(region, SubnetId);
    if (association?.id !== physicalId) return;
    const { NetworkAcls } = await region.api.ec2.DescribeNetworkAcls({
      Filters: [
        { Name: 'vpc-id', Values: [association.vpcId] },
        { Name: 'default', Values: ['true'] },
      ],
    });
    await region.api.ec2.ReplaceNetworkAclAssociation({
      AssociationId: physicalId,
      NetworkAclId: NetworkAcls![0]!.NetworkAclId!,
    });
  },
});
