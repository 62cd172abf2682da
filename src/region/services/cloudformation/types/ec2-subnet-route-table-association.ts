import type { Region } from '../../../region.ts';
import { gone, orMissing } from '../engine/failure.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly SubnetId: string;
  readonly RouteTableId: string;
}

async function current(region: Region, subnetId: string) {
  const found = await orMissing(
    region.api.ec2.DescribeRouteTables({ Filters: [{ Name: 'association.subnet-id', Values: [subnetId] }] }),
  );
  for (const { Associations = [] } of found?.RouteTables ?? [])
    for (const { SubnetId, RouteTableAssociationId, RouteTableId } of Associations)
      if (SubnetId === subnetId) return { id: RouteTableAssociationId!, tableId: RouteTableId! };
  return undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnetroutetableassociation.html */
export const subnetRouteTableAssociation = resourceType<Properties>({
  type: 'AWS::EC2::SubnetRouteTableAssociation',
  properties: ['SubnetId', 'RouteTableId'],
  moves: ['RouteTableId'],
  async create({ region, properties: { SubnetId, RouteTableId } }) {
    const { AssociationId } = await region.api.ec2.AssociateRouteTable({ SubnetId, RouteTableId });
    return AssociationId!;
  },
  async find({ region, properties: { SubnetId, RouteTableId } }) {
    const association = await current(region, SubnetId);
    return association?.tableId === RouteTableId ? association.id : undefined;
  },
  async sync({ region, before, properties: { SubnetId, RouteTableId } }) {
    if (!before) return undefined;
    const association = await current(region, SubnetId);
    if (association?.tableId === RouteTableId) return association.id;
    if (!association)
      return (await region.api.ec2.AssociateRouteTable({ SubnetId, RouteTableId })).AssociationId!;
    const { NewAssociationId } = await region.api.ec2.ReplaceRouteTableAssociation({
      AssociationId: association.id,
      RouteTableId,
    });
    return NewAssociationId!;
  },
  delete: ({ region, physicalId }) =>
    gone(region.api.ec2.DisassociateRouteTable({ AssociationId: physicalId })),
});
