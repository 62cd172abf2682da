import type { Route as DescribedRoute, RouteTable as DescribedTable } from '@aws-sdk/client-ec2';
import type { NotModelled, Route, RouteTable } from '../model.ts';

type Target = Route['target'];

/**
 * The table in force for a subnet: the associated one, else the main one of its VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
export function tableOfSubnet(
  tables: readonly DescribedTable[],
): (subnetId: string, vpcId: string) => string | undefined {
  const explicit = new Map<string, string>();
  const main = new Map<string, string>();
  for (const { RouteTableId: id = '', VpcId: vpcId = '', Associations = [] } of tables)
    for (const { SubnetId, Main } of Associations) {
      if (SubnetId) explicit.set(SubnetId, id);
      if (Main) main.set(vpcId, id);
    }
  return (subnetId, vpcId) => explicit.get(subnetId) ?? main.get(vpcId);
}

export function routeTableFrom(table: DescribedTable, left: NotModelled[]): RouteTable {
  const { RouteTableId: id = '', VpcId: vpcId = '', Routes = [], Associations = [] } = table;
  for (const { GatewayId } of Associations)
    if (GatewayId) left.push({ id, what: `gateway association with ${GatewayId}` });
  return { id, vpcId, routes: Routes.flatMap((route) => routeFrom(id, route, left)) };
}

function routeFrom(tableId: string, route: DescribedRoute, left: NotModelled[]): readonly Route[] {
  const destination = route.DestinationCidrBlock ?? route.DestinationPrefixListId;
  if (!destination) {
    left.push({ id: tableId, what: `route to ${route.DestinationIpv6CidrBlock} (IPv6)` });
    return [];
  }
  const state = route.State === 'blackhole' ? 'blackhole' : 'active';
  return [{ destination, target: targetOf(route), state }];
}

/** An instance as target comes with the interface that its packets take. */
function targetOf(route: DescribedRoute): Target {
  const { GatewayId: gateway } = route;
  if (gateway === 'local') return { kind: 'local' };
  if (gateway?.startsWith('igw-')) return { kind: 'internet-gateway', id: gateway };
  if (gateway?.startsWith('vpce-')) return { kind: 'gateway-endpoint', id: gateway };
  if (route.NatGatewayId) return { kind: 'nat-gateway', id: route.NatGatewayId };
  if (route.NetworkInterfaceId) return { kind: 'network-interface', id: route.NetworkInterfaceId };
  if (route.VpcPeeringConnectionId) return { kind: 'peering', id: route.VpcPeeringConnectionId };
  const other =
    gateway ??
    route.TransitGatewayId ??
    route.InstanceId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.OdbNetworkArn ??
    route.EgressOnlyInternetGatewayId;
  return { kind: 'other', id: other ?? '' };
}
