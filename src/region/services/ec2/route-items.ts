import type { Route } from '@aws-sdk/client-ec2';
import type { RouteTableRecord, StoredRoute } from './records.ts';
import type { Ec2 } from './state.ts';

/**
 * The local route of the VPC, the customer's routes, and one for each gateway endpoint of the table.
 * https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
 */
export function routeItems(ec2: Ec2, table: RouteTableRecord): Route[] {
  const vpc = ec2.tables.vpc.get(table.vpcId);
  return [
    {
      DestinationCidrBlock: vpc?.cidr,
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    },
    ...table.routes.map((route) => routeItem(ec2, table, route)),
    ...ec2.by.endpointsOfTable.get(table.id).map((endpoint): Route => ({
      DestinationPrefixListId: endpoint.prefixListId,
      GatewayId: endpoint.id,
      Origin: 'CreateRoute',
      State: 'active',
    })),
  ];
}

function routeItem(ec2: Ec2, { vpcId }: RouteTableRecord, { destination, target }: StoredRoute): Route {
  return {
    ...(destination.startsWith('pl-')
      ? { DestinationPrefixListId: destination }
      : { DestinationCidrBlock: destination }),
    ...targetMember(target),
    Origin: 'CreateRoute',
    State: isThere(ec2, vpcId, target) ? 'active' : 'blackhole',
  };
}

function targetMember(target: string): Route {
  if (target.startsWith('igw-')) return { GatewayId: target };
  if (target.startsWith('nat-')) return { NatGatewayId: target };
  return { NetworkInterfaceId: target };
}

/** A target that is gone, detached or not usable makes a black hole. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html */
function isThere(ec2: Ec2, vpcId: string, target: string): boolean {
  if (target.startsWith('igw-')) return ec2.tables['internet-gateway'].get(target)?.vpcId === vpcId;
  if (target.startsWith('nat-')) {
    const state = ec2.tables.natgateway.get(target)?.state;
    return state === 'pending' || state === 'available';
  }
  return ec2.tables['network-interface'].has(target);
}
