import type { InternetGateway, RouteTable, Subnet } from '../../topology/model.ts';
import { aclGate, aclOf } from './acls.ts';
import type { Graph } from './graph.ts';
import { groupGate } from './groups.ts';
import type { Change, Hop, Placement, Question } from './model.ts';
import { outsidePorts, replyPorts, unknownSubnet } from './ends.ts';
import { byNat, throughNat } from './nat.ts';
import { newRoute, type Outside } from './new-route.ts';
import { chooseRoute } from './routes.ts';
import { untoldOf } from '../../topology/told.ts';

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
          newRoute(graph, table, subnet, outside, undefined, route),
        ),
      ],
    };
  if (to.kind === 'internet-gateway') {
    const gateway = graph.internetGateways.get(to.id);
    const leads = hop('yes', `${table.id} leads ${route.destination} to ${to.id}`);
    if (!gateway) return { hops: [leads, ...publicAddress(placement, to.id)] };
    return { hops: [leads, ...notAttached(graph, gateway, subnet), ...publicAddress(placement, to.id)] };
  }
  if (to.kind === 'nat-gateway' && direction === 'outward') return byNat(graph, hop, route, to.id, outside);
  if (to.kind === 'nat-gateway')
    return {
      hops: [
        hop(
          'no',
          `${table.id} leads replies to ${to.id}: nothing from outside can begin a connection through a NAT gateway`,
          newRoute(graph, table, subnet, outside, 'internet-gateway', route),
        ),
      ],
    };
  // Not transitive, and no way to the peer's gateways: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
  if (to.kind === 'peering')
    return {
      hops: [
        hop('no', `${table.id} leads ${route.destination} to ${to.id}, and no peering leads to the internet`),
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

/** Where it is not, or may not be. */
function notAttached(graph: Graph, { id, vpcIds }: InternetGateway, { vpcId }: Subnet): Hop[] {
  if (vpcIds.includes(vpcId)) return [];
  const hop = { gate: 'gateway', at: id } as const;
  const untold = untoldOf(graph, vpcId, vpcIds);
  if (untold !== undefined)
    return [
      {
        ...hop,
        passes: 'unknown',
        says: `whether ${id} is attached to ${vpcId} is not known here: ${untold}`,
        changes: [],
      },
    ];
  return [
    {
      ...hop,
      passes: 'no',
      says: `${id} is not attached to ${vpcId}`,
      changes: [{ kind: 'attach-internet-gateway', vpcId }],
      code: 'IGW_NOT_ATTACHED_TO_VPC',
    },
  ];
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
