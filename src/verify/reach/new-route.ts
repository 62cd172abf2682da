import type { Route, RouteTable, Subnet } from '../../topology/model.ts';
import type { Addresses } from './addresses.ts';
import type { Graph } from './graph.ts';
import type { Change } from './model.ts';

/** What lies outside of the VPC: somebody, or anybody. */
export interface Outside {
  readonly name: string;
  readonly addresses: Addresses;
  readonly cidr: string;
}

/**
 * A route out by the gateway that fits: an internet gateway for what has a public address, else a NAT gateway of the VPC. It takes the
 * place of the route that leads elsewhere.
 */
export function newRoute(
  graph: Graph,
  table: RouteTable,
  subnet: Subnet,
  { cidr }: Outside,
  wanted?: 'internet-gateway',
  inPlaceOf?: Route,
): Change[] {
  const igw = graph.topology.internetGateways.find(({ vpcIds }) => vpcIds.includes(subnet.vpcId))?.id;
  const nats = graph.topology.natGateways.filter(
    ({ vpcId, connectivity }) => vpcId === subnet.vpcId && connectivity !== 'private',
  );
  const near = nats.find(({ subnetId }) => graph.subnets.get(subnetId)?.zone === subnet.zone) ?? nats[0];
  const wide = cidr === '0.0.0.0/0' || cidr.endsWith('/32') ? '0.0.0.0/0' : cidr;
  const destination = inPlaceOf && inPlaceOf.target.kind !== 'local' ? inPlaceOf.destination : wide;
  return [
    wanted === 'internet-gateway'
      ? { kind: 'route', routeTableId: table.id, destination, target: { kind: 'internet-gateway', id: igw } }
      : { kind: 'route', routeTableId: table.id, destination, target: { kind: 'nat-gateway', id: near?.id } },
  ];
}
