import type { Route, Subnet } from '../../topology/model.ts';
import { aclGate, aclOf } from './acls.ts';
import { addressesOf, replyPorts } from './ends.ts';
import type { Graph } from './graph.ts';
import { ANY_CLIENT_PORTS, type Change, type Hop, type Placement, type Question } from './model.ts';
import { newRoute, type Outside } from './new-route.ts';
import { chooseRoute } from './routes.ts';
import { untoldOf } from '../../topology/told.ts';

type MakeHop = (passes: Hop['passes'], says: string, changes?: readonly Change[]) => Hop;

/** The gateway's own subnet must lead to an internet gateway: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
export function byNat(
  graph: Graph,
  hop: MakeHop,
  route: Route,
  id: string,
  outside: Outside,
): { readonly hops: Hop[]; readonly nat?: Subnet } {
  const leads = hop('yes', `the route ${route.destination} leads to ${id}`);
  const nat = graph.natGateways.get(id);
  if (!nat)
    return {
      hops: [
        { ...leads, passes: 'unknown', says: `${id}, where ${route.destination} leads, is not known here` },
      ],
    };
  const gateway = (passes: Hop['passes'], says: string, changes: readonly Change[] = []): Hop => ({
    gate: 'gateway',
    at: id,
    passes,
    says,
    ...(nat.origin ? { origin: nat.origin } : {}),
    changes,
    ...(passes === 'no' ? { code: 'NO_ROUTE_TO_DESTINATION' } : {}),
  });
  if (nat.connectivity === 'private')
    return {
      hops: [leads, gateway('no', `${id} is a private NAT gateway, and leads to no internet gateway`)],
    };
  if (!['available', 'pending'].includes(nat.state))
    return { hops: [leads, gateway('no', `${id} is ${nat.state}`)] };
  const subnet = graph.subnets.get(nat.subnetId);
  const table = subnet && graph.tables.get(subnet.routeTableId);
  if (!subnet || !table)
    return { hops: [leads, gateway('unknown', `the subnet of ${id} is not known here`)] };
  const out = chooseRoute(table, outside.addresses, graph.prefixLists);
  if (out.kind === 'unclear')
    return {
      nat: subnet,
      hops: [
        leads,
        gateway(
          'unknown',
          `${table.id}, the route table of ${id}, leads a part of ${outside.name} elsewhere`,
        ),
      ],
    };
  const taken = out.kind === 'route' ? out.route : undefined;
  if (taken?.uncertain !== undefined)
    return {
      nat: subnet,
      hops: [
        leads,
        gateway('unknown', `${table.id}, the route table of ${id}, may lead out: ${taken.uncertain}`),
      ],
    };
  const target = taken?.state === 'active' ? taken.target : undefined;
  const igw = target?.kind === 'internet-gateway' ? target.id : undefined;
  if (igw === undefined)
    return {
      nat: subnet,
      hops: [
        leads,
        gateway(
          'no',
          `${id} stands in ${subnet.id}, whose route table ${table.id} leads to no internet gateway`,
          newRoute(graph, table, subnet, outside, 'internet-gateway', taken),
        ),
      ],
    };
  const vpcIds = graph.internetGateways.get(igw)?.vpcIds ?? [subnet.vpcId];
  const attached = vpcIds.includes(subnet.vpcId);
  const untold = attached ? undefined : untoldOf(graph, subnet.vpcId, vpcIds);
  if (untold !== undefined)
    return {
      nat: subnet,
      hops: [
        leads,
        gateway('unknown', `whether ${igw} is attached to ${subnet.vpcId} is not known here: ${untold}`),
      ],
    };
  return {
    nat: subnet,
    hops: [
      leads,
      attached
        ? gateway('yes', `${id} translates to its public address, and ${igw} leads out`)
        : gateway('no', `${igw} is not attached to ${subnet.vpcId}`, [
            { kind: 'attach-internet-gateway', vpcId: subnet.vpcId },
          ]),
    ],
  };
}

/** The ACL of the NAT gateway's subnet sees both legs: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
export function throughNat(
  graph: Graph,
  source: Subnet,
  nat: Subnet,
  from: Placement,
  outside: Outside,
  question: Question,
): Hop[] {
  const ports = { from: question.port, to: question.port };
  const acl = aclOf(graph, nat, question.protocol);
  const client = addressesOf(from, source);
  return [
    aclGate({
      ...acl,
      gate: 'acl-ingress',
      direction: 'ingress',
      ports,
      addresses: client,
      peerName: from.name,
    }),
    aclGate({
      ...acl,
      gate: 'acl-egress',
      direction: 'egress',
      ports,
      addresses: outside.addresses,
      peerName: outside.name,
    }),
    aclGate({
      ...acl,
      gate: 'reply-acl-ingress',
      direction: 'ingress',
      ports: ANY_CLIENT_PORTS,
      addresses: outside.addresses,
      peerName: outside.name,
    }),
    aclGate({
      ...acl,
      gate: 'reply-acl-egress',
      direction: 'egress',
      ports: replyPorts(from, question),
      addresses: client,
      peerName: from.name,
    }),
  ];
}
