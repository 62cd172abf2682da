import { evaluateTemplate } from '../../src/template/evaluated.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { pseudoParameters } from '../../src/template/scope.ts';
import { declaredResources } from '../../src/topology/from-template/declared.ts';
import { topologyFromResources } from '../../src/topology/from-template/system.ts';
import type { AclEntry, GroupRule, Topology } from '../../src/topology/model.ts';
import type { Ids } from './as-calls.ts';

const identity = {
  accountId: '123456789012',
  region: 'us-east-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

export function topologyOfText(text: string): Topology {
  const { template, positionOf } = parseTemplate(text, 'template.json');
  const evaluated = evaluateTemplate({
    template,
    parameters: {},
    pseudo: pseudoParameters(identity),
    positionOf,
    zones: (region) => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
  });
  return topologyFromResources(declaredResources(evaluated));
}

/** The graph of the region in the names of the design, and of what the design made alone. */
export function renamed(topology: Topology, ids: Ids): Topology {
  const names = new Map([...ids].map(([logical, real]) => [real, logical]));
  const text = JSON.stringify(topology).replaceAll(/"[a-z]+-[0-9a-f]{8,}"/g, (real) =>
    JSON.stringify(names.get(real.slice(1, -1)) ?? real.slice(1, -1)),
  );
  const graph = JSON.parse(text) as Topology;
  const ours = new Set(names.values());
  const own = <T extends { readonly id: string }>(items: readonly T[]) =>
    items.filter(({ id }) => ours.has(id));
  return {
    ...graph,
    vpcs: own(graph.vpcs),
    subnets: own(graph.subnets),
    routeTables: own(graph.routeTables),
    networkAcls: own(graph.networkAcls),
    securityGroups: own(graph.securityGroups),
    interfaces: own(graph.interfaces),
    internetGateways: own(graph.internetGateways),
    natGateways: own(graph.natGateways),
  };
}

/**
 * What both graphs must say alike: everything but where it was written, ids of rules, and what only a region knows (zones that AWS
 * chooses, public addresses, DHCP options nobody named).
 */
export function comparable(graph: Topology): unknown {
  const sorted = <T>(items: readonly T[]) =>
    items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  const rule = ({ protocol, ports, peer }: GroupRule) => ({ protocol, ports: ports ?? null, peer });
  const entry = ({ number, action, protocol, cidr, ports }: AclEntry) => ({
    number,
    action,
    protocol,
    cidr,
    ports: ports ?? null,
  });
  return {
    vpcs: sorted(
      graph.vpcs.map(({ id, cidrs, dnsSupport, dnsHostnames }) => ({ id, cidrs, dnsSupport, dnsHostnames })),
    ),
    subnets: sorted(
      graph.subnets.map(({ id, vpcId, cidr, routeTableId, networkAclId }) => ({
        id,
        vpcId,
        cidr,
        routeTableId,
        networkAclId,
      })),
    ),
    routeTables: sorted(
      graph.routeTables.map(({ id, vpcId, routes }) => ({
        id,
        vpcId,
        routes: sorted(routes.map(({ destination, target, state }) => ({ destination, target, state }))),
      })),
    ),
    networkAcls: sorted(
      graph.networkAcls.map(({ id, vpcId, ingress, egress }) => ({
        id,
        vpcId,
        ingress: ingress.map(entry),
        egress: egress.map(entry),
      })),
    ),
    securityGroups: sorted(
      graph.securityGroups.map(({ id, name, vpcId, ingress, egress }) => ({
        id,
        name,
        vpcId,
        ingress: sorted(ingress.map(rule)),
        egress: sorted(egress.map(rule)),
      })),
    ),
    interfaces: sorted(
      graph.interfaces.map(
        ({ id, vpcId, subnetId, privateAddress, publicAddress, groupIds, sourceDestCheck }) => ({
          id,
          vpcId,
          subnetId,
          privateAddress,
          isPublic: publicAddress !== undefined,
          groupIds: sorted(groupIds),
          sourceDestCheck,
        }),
      ),
    ),
    internetGateways: sorted(graph.internetGateways.map(({ id, vpcIds }) => ({ id, vpcIds }))),
    natGateways: sorted(
      graph.natGateways.map(({ id, vpcId, subnetId, state, connectivity }) => ({
        id,
        vpcId,
        subnetId,
        state,
        connectivity,
      })),
    ),
  };
}
