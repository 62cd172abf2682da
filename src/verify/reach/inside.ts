import type { Subnet } from '../../topology/model.ts';
import { aclGate, aclOf } from './acls.ts';
import { peerOf, replyPorts, unknownSubnet } from './ends.ts';
import type { Graph } from './graph.ts';
import { type GroupGate, groupGate, type Peer } from './groups.ts';
import type { Hop, Placement, Question } from './model.ts';
import { peerRoute } from './peering.ts';
import { chooseRoute } from './routes.ts';
import { isTold, whyUntold } from '../../topology/told.ts';

/** From interface to interface: within one VPC, or over a peering. */
export function inside(graph: Graph, from: Placement, to: Placement, question: Question): Hop[] {
  const [source, target] = [graph.subnets.get(from.subnetId), graph.subnets.get(to.subnetId)];
  if (!source) return [unknownSubnet(from)];
  if (!target) return [unknownSubnet(to)];
  const out = groupGate(graph, groupOf('egress', from, peerOf(to, target), question));
  const into = groupGate(graph, groupOf('ingress', to, peerOf(from, source), question));
  const { there, back } = between(
    graph,
    { placement: from, subnet: source },
    { placement: to, subnet: target },
    question,
  );
  return [out, ...there, into, ...back];
}

/** The gate of a placement's groups toward a peer. */
export const groupOf = (
  direction: 'ingress' | 'egress',
  { name, groupIds, unfiltered }: Placement,
  peer: Peer,
  { protocol, port }: Question,
): GroupGate => ({ direction, name, groupIds, unfiltered, peer, protocol, port });

interface Place {
  readonly placement: Placement;
  readonly subnet: Subnet;
}

/** What lies between the groups of two interfaces: for the request, and for its replies. */
export function between(
  graph: Graph,
  { placement: from, subnet: source }: Place,
  { placement: to, subnet: target }: Place,
  question: Question,
): { readonly there: readonly Hop[]; readonly back: readonly Hop[] } {
  // Neither routes nor network ACLs see what stays in a subnet: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
  if (source.id === target.id) return { there: [], back: [] };
  const { protocol, port } = question;
  const [sender, receiver] = [peerOf(from, source), peerOf(to, target)];
  const request = { from: port, to: port };
  const replies = replyPorts(from, question);
  const isOne = source.vpcId === target.vpcId;
  const untold = isOne ? undefined : [source, target].find(({ vpcId }) => !isTold(vpcId, graph.vpcs));
  if (untold) return { there: [unknownVpc(untold)], back: [] };
  const acl = (subnet: Subnet, other: Peer) => ({
    ...aclOf(graph, subnet, protocol),
    addresses: other.addresses,
    peerName: other.name,
  });
  return {
    there: [
      aclGate({ ...acl(source, receiver), gate: 'acl-egress', direction: 'egress', ports: request }),
      ...(isOne
        ? localRoute(graph, source, receiver)
        : [peerRoute(graph, 'route', source, target, receiver)]),
      aclGate({ ...acl(target, sender), gate: 'acl-ingress', direction: 'ingress', ports: request }),
    ],
    back: [
      aclGate({ ...acl(target, sender), gate: 'reply-acl-egress', direction: 'egress', ports: replies }),
      ...(isOne ? [] : [peerRoute(graph, 'reply-route', target, source, sender)]),
      aclGate({ ...acl(source, receiver), gate: 'reply-acl-ingress', direction: 'ingress', ports: replies }),
    ],
  };
}

const unknownVpc = ({ id, vpcId }: Subnet): Hop => ({
  gate: 'vpc',
  at: id,
  passes: 'unknown',
  says: `the VPC of ${id} is not known here: ${whyUntold(vpcId)}`,
  changes: [],
});

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
