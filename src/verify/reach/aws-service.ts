import type { Subnet, VpcEndpoint } from '../../topology/model.ts';
import { aclGate, aclOf } from './acls.ts';
import { everyOf, internet } from './addresses.ts';
import { replyPorts } from './ends.ts';
import type { Graph } from './graph.ts';
import { groupGate } from './groups.ts';
import { inside } from './inside.ts';
import { type Hop, type Path, pathOf, type Placement, type Question } from './model.ts';
import { outward } from './outside.ts';
import { isTold, untoldOf, whyUntold } from '../../topology/told.ts';

/**
 * To an AWS service: by an interface endpoint whose private DNS takes the service's name over, by a gateway endpoint of the subnet's
 * route table, else by the internet. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
 */
export function awsService(graph: Graph, from: Placement, service: string, question: Question): Path {
  const all = graph.topology.endpoints.filter(({ serviceName }) => serviceName.endsWith(`.${service}`));
  const endpoints = all.filter(({ vpcId }) => vpcId === from.vpcId);
  const subnet = graph.subnets.get(from.subnetId);
  const gateway = endpoints.find(
    ({ kind, routeTableIds }) =>
      kind === 'Gateway' && subnet !== undefined && routeTableIds.includes(subnet.routeTableId),
  );
  const vpc = graph.vpcs.get(from.vpcId);
  const resolves = vpc ? vpc.dnsSupport && vpc.dnsHostnames : true;
  const named = endpoints.find(({ kind, privateDns }) => kind === 'Interface' && privateDns !== false);
  if (named && resolves) return byInterface(graph, from, named, service, question);
  if (gateway && subnet) return pathOf(byGateway(graph, from, gateway, service, subnet, question));
  const outside = { name: `AWS (${service})`, addresses: internet('every'), cidr: '0.0.0.0/0' };
  const silent = endpoints.find(({ kind }) => kind === 'Interface');
  const hops = outward(graph, from, outside, question).map((hop) =>
    silent && hop.gate === 'route' && hop.passes === 'no'
      ? {
          ...hop,
          says: `${hop.says}, and the name of ${service} does not lead to ${silent.id} (${whyNot(silent)})`,
        }
      : hop,
  );
  const near = endpoints.find(({ kind }) => kind === 'Gateway');
  const path = pathOf(
    near && subnet ? hops.map((hop) => orByGateway(hop, near.id, subnet.routeTableId)) : hops,
  );
  // What leads out by itself needs none by its route tables; one that takes the name over decides alone.
  const candidates = path.verdict === 'fails' ? all : all.filter(({ kind }) => kind === 'Interface');
  const possible = possibly(graph, candidates, from, subnet);
  return possible ? pathOf([possible]) : path;
}

/** An endpoint that may serve a placement, or not: its VPC or its route tables are given at deployment. */
function possibly(
  graph: Graph,
  endpoints: readonly VpcEndpoint[],
  from: Placement,
  subnet: Subnet | undefined,
): Hop | undefined {
  for (const { id, kind, vpcId, routeTableIds, privateDns, origin } of endpoints) {
    const isOther = vpcId !== from.vpcId && untoldOf(graph, from.vpcId, [vpcId]) === undefined;
    if (isOther || (kind === 'Interface' && privateDns === false)) continue;
    const table = routeTableIds.find((one) => !isTold(one, graph.tables));
    const why =
      kind === 'Gateway' && !routeTableIds.includes(subnet?.routeTableId ?? '')
        ? table && whyUntold(table)
        : vpcId === from.vpcId
          ? undefined
          : untoldOf(graph, from.vpcId, [vpcId]);
    if (why === undefined) continue;
    return {
      gate: 'endpoint',
      at: id,
      passes: 'unknown',
      says: `whether ${id} serves ${from.subnetId} is not known here: ${why}`,
      ...(origin ? { origin } : {}),
      changes: [],
    };
  }
  return undefined;
}

/** A gateway endpoint that is there already needs the subnet's route table only. */
const orByGateway = (hop: Hop, endpointId: string, routeTableId: string): Hop =>
  hop.gate === 'route' && hop.passes === 'no'
    ? { ...hop, changes: [{ kind: 'gateway-endpoint-route', endpointId, routeTableId }, ...hop.changes] }
    : hop;

/** The service's name leads to the endpoint's interfaces: its own groups decide, whatever other way out there is. */
function byInterface(
  graph: Graph,
  from: Placement,
  endpoint: VpcEndpoint,
  service: string,
  question: Question,
): Path {
  const paths = (endpoint.subnetIds ?? []).map((subnetId) =>
    pathOf(
      inside(
        graph,
        from,
        {
          name: `${endpoint.id} (${service})`,
          vpcId: endpoint.vpcId,
          subnetId,
          groupIds: groupsOf(endpoint),
        },
        question,
      ),
    ),
  );
  const worst =
    paths.find(({ verdict }) => verdict === 'fails') ??
    paths.find(({ verdict }) => verdict === 'cannot-tell') ??
    paths[0];
  const found: Hop = {
    gate: 'endpoint',
    at: endpoint.id,
    passes: worst ? 'yes' : 'unknown',
    says: worst
      ? `the name of ${service} leads to ${endpoint.id}${policyOf(endpoint)}`
      : `the subnets of ${endpoint.id} are not known here`,
    ...(endpoint.origin ? { origin: endpoint.origin } : {}),
    changes: [],
  };
  return pathOf([found, ...(worst?.hops ?? [])]);
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html */
const whyNot = ({ privateDns, vpcId }: VpcEndpoint): string =>
  privateDns === false ? 'its private DNS is off' : `DNS support or DNS hostnames of ${vpcId} are off`;

/** Without any it has the VPC's default group: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
const groupsOf = ({ groupIds = [], vpcId }: VpcEndpoint): readonly string[] =>
  groupIds.length > 0 ? groupIds : [`${vpcId}.DefaultSecurityGroup`];

/** What a policy lets pass is a question of requests, not of packets: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
const policyOf = ({ hasPolicy }: VpcEndpoint): string =>
  hasPolicy ? ', whose own policy may refuse more' : '';

/**
 * Network ACLs see the traffic, groups may name its prefix list:
 * https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
 */
function byGateway(
  graph: Graph,
  from: Placement,
  endpoint: VpcEndpoint,
  service: string,
  subnet: Subnet,
  question: Question,
): Hop[] {
  const { protocol, port } = question;
  const list = graph.topology.prefixLists.find(({ name }) => name.endsWith(`.${service}`));
  // Whose addresses these are is known to AWS only: a rule for all of the outside, or for the list itself, lets them pass.
  const addresses = list ? everyOf(list.cidrs) : internet('every');
  const peer = { name: `AWS (${service})`, addresses, groupIds: [], cidr: '0.0.0.0/0' };
  const acl = {
    ...aclOf(graph, subnet, protocol),
    addresses,
    peerName: peer.name,
  };
  return [
    groupGate(graph, { direction: 'egress', name: from.name, groupIds: from.groupIds, peer, protocol, port }),
    aclGate({ ...acl, gate: 'acl-egress', direction: 'egress', ports: { from: port, to: port } }),
    {
      gate: 'endpoint',
      at: endpoint.id,
      passes: 'yes',
      says: `the route table of ${from.subnetId} leads ${service} to ${endpoint.id}${policyOf(endpoint)}`,
      ...(endpoint.origin ? { origin: endpoint.origin } : {}),
      changes: [],
    },
    aclGate({
      ...acl,
      gate: 'reply-acl-ingress',
      direction: 'ingress',
      ports: replyPorts(from, question),
    }),
  ];
}
