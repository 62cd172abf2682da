import type { Route, RouteTable, Subnet } from '../../topology/model.ts';
import { aclGate } from './acls.ts';
import { type Addresses, everyOf, internet } from './addresses.ts';
import type { Graph } from './graph.ts';
import { groupGate } from './groups.ts';
import { ANY_CLIENT_PORTS, type Change, type Hop, type Placement, type Question } from './model.ts';
import { addressesOf, outsidePorts, replyPorts, unknownSubnet } from './ends.ts';
import { chooseRoute } from './routes.ts';

export interface Outside {
  readonly name: string;
  readonly addresses: Addresses;
  readonly cidr: string;
}

/** From an interface to the outside: by an internet gateway with a public address, or by a NAT gateway. */
export function outward(graph: Graph, from: Placement, outside: Outside, question: Question): Hop[] {
  const { protocol, port } = question;
  const source = graph.subnets.get(from.subnetId);
  if (!source) return [unknownSubnet(from)];
  const ports = { from: port, to: port };
  const replies = replyPorts(from, question);
  const acl = aclOf(graph, source, protocol);
  const { hops, nat } = wayOut(graph, from, source, outside);
  return [
    groupGate(graph, {
      direction: 'egress',
      name: from.name,
      groupIds: from.groupIds,
      unfiltered: from.unfiltered,
      peer: { ...outside, groupIds: [] },
      protocol,
      port,
    }),
    aclGate({
      ...acl,
      gate: 'acl-egress',
      direction: 'egress',
      ports,
      addresses: outside.addresses,
      peerName: outside.name,
    }),
    ...hops,
    ...(nat && nat.id !== source.id ? throughNat(graph, source, nat, from, outside, question) : []),
    aclGate({
      ...acl,
      gate: 'reply-acl-ingress',
      direction: 'ingress',
      ports: replies,
      addresses: outside.addresses,
      peerName: outside.name,
    }),
  ];
}

/** From the outside to a public address of an interface. */
export function inward(graph: Graph, outside: Outside, to: Placement, question: Question): Hop[] {
  const { protocol, port } = question;
  const target = graph.subnets.get(to.subnetId);
  if (!target) return [unknownSubnet(to)];
  const acl = aclOf(graph, target, protocol);
  return [
    ...wayOut(graph, to, target, outside, 'inward').hops,
    aclGate({
      ...acl,
      gate: 'acl-ingress',
      direction: 'ingress',
      ports: { from: port, to: port },
      addresses: outside.addresses,
      peerName: outside.name,
    }),
    groupGate(graph, {
      direction: 'ingress',
      name: to.name,
      groupIds: to.groupIds,
      unfiltered: to.unfiltered,
      peer: { ...outside, groupIds: [] },
      protocol,
      port,
    }),
    aclGate({
      ...acl,
      gate: 'reply-acl-egress',
      direction: 'egress',
      ports: outsidePorts(question),
      addresses: outside.addresses,
      peerName: outside.name,
    }),
  ];
}

const aclOf = (graph: Graph, subnet: Subnet, protocol: 'tcp' | 'udp') => ({
  subnetId: subnet.id,
  aclId: subnet.networkAclId,
  acl: graph.acls.get(subnet.networkAclId),
  protocol,
});

/** Route and gateway; `nat` is the subnet of the NAT gateway that is taken. */
function wayOut(
  graph: Graph,
  placement: Placement,
  subnet: Subnet,
  outside: Outside,
  direction: 'outward' | 'inward' = 'outward',
): { readonly hops: Hop[]; readonly nat?: Subnet } {
  const table = graph.tables.get(subnet.routeTableId);
  const gate = direction === 'outward' ? 'route' : 'reply-route';
  if (!table)
    return {
      hops: [
        {
          gate,
          at: subnet.routeTableId,
          passes: 'unknown',
          says: `the route table of ${subnet.id} is not known here`,
          changes: [],
        },
      ],
    };
  const chosen = chooseRoute(table, outside.addresses, graph.prefixLists);
  if (chosen.kind === 'unclear')
    return {
      hops: [
        {
          gate,
          at: table.id,
          passes: 'unknown',
          says: `${table.id} leads a part of ${outside.name} elsewhere (${chosen.routes.map(({ destination }) => destination).join(', ')})`,
          changes: [],
        },
      ],
    };
  const route = chosen.kind === 'route' ? chosen.route : undefined;
  const to = route?.target;
  if (!route || !to || to.kind === 'local')
    return {
      hops: [
        noRoute(graph, gate, table, subnet, placement, outside, direction),
        ...publicAddress(placement, undefined),
      ],
    };
  const hop = (passes: Hop['passes'], says: string, changes: readonly Change[] = []): Hop => ({
    gate,
    at: table.id,
    passes,
    says,
    ...(route.origin ? { origin: route.origin } : {}),
    changes,
    ...(passes === 'no' ? { code: 'NO_ROUTE_TO_DESTINATION' } : {}),
  });
  if (route.uncertain !== undefined)
    return { hops: [hop('unknown', `${table.id} may lead ${route.destination} out: ${route.uncertain}`)] };
  if (route.state === 'blackhole')
    return {
      hops: [
        hop(
          'no',
          `${table.id} leads ${route.destination} to ${to.id}, which is gone (blackhole)`,
          newRoute(graph, table, subnet, outside),
        ),
      ],
    };
  if (to.kind === 'internet-gateway') {
    const gateway = graph.internetGateways.get(to.id);
    const leads = hop('yes', `${table.id} leads ${route.destination} to ${to.id}`);
    if (!gateway) return { hops: [leads, ...publicAddress(placement, to.id)] };
    const attached = gateway.vpcIds.includes(subnet.vpcId);
    return {
      hops: [
        leads,
        ...(attached
          ? []
          : [
              {
                gate: 'gateway',
                at: to.id,
                passes: 'no',
                says: `${to.id} is not attached to ${subnet.vpcId}`,
                changes: [{ kind: 'attach-internet-gateway', vpcId: subnet.vpcId }],
                code: 'IGW_NOT_ATTACHED_TO_VPC',
              } as const,
            ]),
        ...publicAddress(placement, to.id),
      ],
    };
  }
  if (to.kind === 'nat-gateway' && direction === 'outward') return byNat(graph, hop, route, to.id, outside);
  if (to.kind === 'nat-gateway')
    return {
      hops: [
        hop(
          'no',
          `${table.id} leads replies to ${to.id}: nothing from outside can begin a connection through a NAT gateway`,
          newRoute(graph, table, subnet, outside, 'internet-gateway'),
        ),
      ],
    };
  return {
    hops: [
      hop(
        'unknown',
        `${table.id} leads ${route.destination} to ${to.kind} ${to.id}, and what lies behind it is not modelled`,
      ),
    ],
  };
}

type MakeHop = (passes: Hop['passes'], says: string, changes?: readonly Change[]) => Hop;

/** The gateway's own subnet must lead to an internet gateway: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
function byNat(
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
  const target = out.kind === 'route' && out.route.state === 'active' ? out.route.target : undefined;
  const igw = target?.kind === 'internet-gateway' ? target.id : undefined;
  if (igw === undefined)
    return {
      nat: subnet,
      hops: [
        leads,
        gateway(
          'no',
          `${id} stands in ${subnet.id}, whose route table ${table.id} leads to no internet gateway`,
          newRoute(
            graph,
            table,
            subnet,
            { name: 'the internet', addresses: everyOf([]), cidr: '0.0.0.0/0' },
            'internet-gateway',
          ),
        ),
      ],
    };
  const attached = graph.internetGateways.get(igw)?.vpcIds.includes(subnet.vpcId) ?? true;
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

/** Without a public address packets are dropped at the gateway: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html */
function publicAddress({ name, hasPublicAddress }: Placement, gateway: string | undefined): Hop[] {
  if (hasPublicAddress === true) return [];
  return [
    {
      gate: 'gateway',
      at: gateway ?? name,
      passes: hasPublicAddress === false ? 'no' : 'unknown',
      says:
        hasPublicAddress === false
          ? `${name} has no public address`
          : `whether ${name} has a public address is not known here`,
      changes: hasPublicAddress === false ? [{ kind: 'public-address', name }] : [],
      ...(hasPublicAddress === false ? { code: 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS' } : {}),
    },
  ];
}

function noRoute(
  graph: Graph,
  gate: 'route' | 'reply-route',
  table: RouteTable,
  subnet: Subnet,
  placement: Placement,
  outside: Outside,
  direction: 'outward' | 'inward',
): Hop {
  const origin = table.origin ?? subnet.origin;
  return {
    gate,
    at: table.id,
    passes: 'no',
    says: `${table.id}, the route table of ${subnet.id} (${placement.name}), has no route to ${outside.name}`,
    ...(origin ? { origin } : {}),
    changes: newRoute(
      graph,
      table,
      subnet,
      outside,
      direction === 'inward' || placement.hasPublicAddress ? 'internet-gateway' : undefined,
    ),
    code: 'NO_ROUTE_TO_DESTINATION',
  };
}

/** A route out by the gateway that fits: an internet gateway for what has a public address, else a NAT gateway of the VPC. */
function newRoute(
  graph: Graph,
  table: RouteTable,
  subnet: Subnet,
  { cidr }: Outside,
  wanted?: 'internet-gateway',
): Change[] {
  const igw = graph.topology.internetGateways.find(({ vpcIds }) => vpcIds.includes(subnet.vpcId))?.id;
  const nats = graph.topology.natGateways.filter(
    ({ vpcId, connectivity }) => vpcId === subnet.vpcId && connectivity !== 'private',
  );
  const near = nats.find(({ subnetId }) => graph.subnets.get(subnetId)?.zone === subnet.zone) ?? nats[0];
  const destination = cidr === '0.0.0.0/0' || cidr.endsWith('/32') ? '0.0.0.0/0' : cidr;
  return [
    wanted === 'internet-gateway'
      ? { kind: 'route', routeTableId: table.id, destination, target: { kind: 'internet-gateway', id: igw } }
      : { kind: 'route', routeTableId: table.id, destination, target: { kind: 'nat-gateway', id: near?.id } },
  ];
}

/** The ACL of the NAT gateway's subnet sees both legs: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
function throughNat(
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
