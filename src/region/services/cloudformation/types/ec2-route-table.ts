import { gone } from '../engine/failure.ts';
import { notOthers, ownFilters, syncTags, tagSpecifications } from './ec2.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly VpcId: string;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-routetable.html */
export const routeTable = resourceType<Properties>({
  type: 'AWS::EC2::RouteTable',
  properties: ['VpcId', 'Tags'],
  async create(context) {
    const { RouteTable } = await context.region.api.ec2.CreateRouteTable({
      VpcId: context.properties.VpcId,
      TagSpecifications: tagSpecifications(context, 'route-table'),
    });
    return RouteTable!.RouteTableId!;
  },
  async find(context) {
    const { RouteTables = [] } = await context.region.api.ec2.DescribeRouteTables({
      Filters: ownFilters(context),
    });
    return notOthers(
      context,
      RouteTables.map(({ RouteTableId }) => RouteTableId),
    );
  },
  sync: (existing) => syncTags(existing),
  delete: ({ physicalId, region }) => gone(region.api.ec2.DeleteRouteTable({ RouteTableId: physicalId })),
});
