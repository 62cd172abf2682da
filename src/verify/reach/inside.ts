import type { Subnet } from '../../topology/model.ts';
import { aclGate, aclOf } from './acls.ts';
import { peerOf, replyPorts, unknownSubnet } from './ends.ts';
import type { Graph } from './graph.ts';
import { groupGate, type Peer } from './groups.ts';
import type { Hop, Placement, Question } from './model.ts';
import { peerRoute } from './peering.ts';
import { chooseRoute } from './routes.ts';

/** From interface to interface: within one VPC, or over a peering. */
export function inside(graph: Graph, from: Placement, to: Placement, question: Question): Hop[] {
  const { protocol, port } = question;
  const [source, target] = [graph.subnets.get(from.subnetId), graph.subnets.get(to.subnetId)];
  if (!source) return [unknownSubnet(from)];
  if (!target) return [unknownSubnet(to)];
  const [sender, receiver] = [peerOf(from, source), peerOf(to, target)];
  const out = groupGate(graph, {
    direction: 'egress',
    name: from.name,
    groupIds: from.groupIds,
    unfiltered: from.unfiltered,
    peer: receiver,
    protocol,
    port,
  });
  const into = groupGate(graph, {
    direction: 'ingress',
    name: to.name,
    groupIds: to.groupIds,
    unfiltered: to.unfiltered,
    peer: sender,
    protocol,
    port,
  });
  // Neither routes nor network ACLs see what stays in a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
  if (source.id === target.id) return [out, into];
  const replies = replyPorts(from, question);
  const between = source.vpcId === target.vpcId ? [] : undefined;
  const there = between ?? [peerRoute(graph, 'route', source, target, receiver)];
  const back = between ?? [peerRoute(graph, 'reply-route', target, source, sender)];
  const acl = (subnet: Subnet) => aclOf(graph, subnet, protocol);
  return [
    out,
    aclGate({
      ...acl(source),
      gate: 'acl-egress',
      direction: 'egress',
      ports: { from: port, to: port },
      addresses: receiver.addresses,
      peerName: to.name,
    }),
    ...(between ? localRoute(graph, source, receiver) : there),
    aclGate({
      ...acl(target),
      gate: 'acl-ingress',
      direction: 'ingress',
      ports: { from: port, to: port },
      addresses: sender.addresses,
      peerName: from.name,
    }),
    into,
    aclGate({
      ...acl(target),
      gate: 'reply-acl-egress',
      direction: 'egress',
      ports: replies,
      addresses: sender.addresses,
      peerName: from.name,
    }),
    ...back,
    aclGate({
      ...acl(source),
      gate: 'reply-acl-ingress',
      direction: 'ingress',
      ports: replies,
      addresses: receiver.addresses,
      peerName: to.name,
    }),
  ];
}

/** Within a VPC the local route leads on, unless a more specific one leads elsewhere. */
function localRoute(graph: Graph, source: Subnet, { name, addresses }: Peer): Hop[] {
  const table = graph.tables.get(source.routeTableId);
  // Every table has the local route: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
  if (!table) return [];
  const chosen = chooseRoute(table, addresses, graph.prefixLists);
  const route =
    chosen.kind === 'route' ? chosen.route : chosen.kind === 'unclear' ? chosen.routes[0] : undefined;
  if (!route || route.target.kind === 'local') return [];
  return [
    {
      gate: 'route',
      at: table.id,
      passes: 'unknown',
      says: `${table.id} leads ${route.destination}, where ${name} may be, to ${route.target.kind} ${route.target.id}, which is not modelled`,
      ...(route.origin ? { origin: route.origin } : {}),
      changes: [],
    },
  ];
}
