import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly RouteTableId: string;
  readonly DestinationCidrBlock?: string;
  readonly DestinationPrefixListId?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
  readonly NetworkInterfaceId?: string;
  readonly VpcPeeringConnectionId?: string;
}

/** A route is known by its table and destination. */
function identifier({ RouteTableId, DestinationCidrBlock, DestinationPrefixListId }: Properties): string {
  return `${RouteTableId}|${DestinationCidrBlock ?? DestinationPrefixListId ?? ''}`;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html */
export const route = resourceType<Properties>({
  type: 'AWS::EC2::Route',
  properties: [
    'RouteTableId',
    'DestinationCidrBlock',
    'DestinationPrefixListId',
    'GatewayId',
    'NatGatewayId',
    'NetworkInterfaceId',
    'VpcPeeringConnectionId',
  ],
  async create({ region, properties }) {
    await region.api.ec2.CreateRoute({ ...properties });
    return identifier(properties);
  },
  async find({ region, properties }) {
    const { RouteTableId, DestinationCidrBlock, DestinationPrefixListId } = properties;
    const found = await orMissing(region.api.ec2.DescribeRouteTables({ RouteTableIds: [RouteTableId] }));
    const made = (found?.RouteTables?.[0]?.Routes ?? []).some((other) =>
      DestinationCidrBlock === undefined
        ? other.DestinationPrefixListId === DestinationPrefixListId
        : other.DestinationCidrBlock === DestinationCidrBlock,
    );
    return made ? identifier(properties) : undefined;
  },
  async sync(existing) {
    const { region, properties, before } = existing;
    if (
      before &&
      changed(existing, 'GatewayId', 'NatGatewayId', 'NetworkInterfaceId', 'VpcPeeringConnectionId')
    )
      await region.api.ec2.ReplaceRoute({ ...properties });
  },
  read: async ({ properties }) => ({ CidrBlock: properties.DestinationCidrBlock }),
  delete: ({ region, properties: { RouteTableId, DestinationCidrBlock, DestinationPrefixListId } }) =>
    gone(region.api.ec2.DeleteRoute({ RouteTableId, DestinationCidrBlock, DestinationPrefixListId })),
});
