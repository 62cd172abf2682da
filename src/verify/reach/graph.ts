import type {
  InternetGateway,
  NatGateway,
  NetworkAcl,
  Peering,
  RouteTable,
  Subnet,
  Topology,
  Vpc,
} from '../../topology/model.ts';
import type { Lookup } from './groups.ts';

/** The topology by id, made once for any number of questions. */
export interface Graph extends Lookup {
  readonly topology: Topology;
  readonly vpcs: ReadonlyMap<string, Vpc>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly tables: ReadonlyMap<string, RouteTable>;
  readonly acls: ReadonlyMap<string, NetworkAcl>;
  readonly internetGateways: ReadonlyMap<string, InternetGateway>;
  readonly natGateways: ReadonlyMap<string, NatGateway>;
  readonly peerings: ReadonlyMap<string, Peering>;
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]));

export const graphOf = (topology: Topology): Graph => ({
  topology,
  vpcs: byId(topology.vpcs),
  subnets: byId(topology.subnets),
  tables: byId(topology.routeTables),
  acls: byId(topology.networkAcls),
  groups: byId(topology.securityGroups),
  prefixLists: byId(topology.prefixLists),
  internetGateways: byId(topology.internetGateways),
  natGateways: byId(topology.natGateways),
  peerings: byId(topology.peerings ?? []),
});
