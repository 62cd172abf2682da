import type { Topology } from '../../topology/model.ts';
import type { Change } from './model.ts';

/** The topology with a change made: what the verifier proposes, it can be held to. */
export function applyChange(topology: Topology, change: Change): Topology {
  switch (change.kind) {
    case 'group-rule': {
      const { groupId, direction, protocol, port, toPort = port, peer } = change;
      const rule = { protocol, ports: { from: port, to: toPort }, peer };
      return {
        ...topology,
        securityGroups: topology.securityGroups.map((group) =>
          group.id === groupId ? { ...group, [direction]: [...group[direction], rule] } : group,
        ),
      };
    }
    case 'acl-entry': {
      const { networkAclId, direction, number, protocol, ports, cidr } = change;
      const entry = { number, action: 'allow', protocol, ports, cidr } as const;
      return {
        ...topology,
        networkAcls: topology.networkAcls.map((acl) =>
          acl.id === networkAclId
            ? { ...acl, [direction]: [...acl[direction], entry].sort((a, b) => a.number - b.number) }
            : acl,
        ),
      };
    }
    case 'route': {
      const { routeTableId, destination, target } = change;
      const { id } = target;
      if (id === undefined) return topology;
      const route = { destination, target: { kind: target.kind, id }, state: 'active' } as const;
      return {
        ...topology,
        routeTables: topology.routeTables.map((table) =>
          table.id === routeTableId
            ? {
                ...table,
                routes: [...table.routes.filter((other) => other.destination !== destination), route],
              }
            : table,
        ),
      };
    }
    case 'attach-internet-gateway': {
      const [first, ...others] = topology.internetGateways;
      const free = topology.internetGateways.find(({ vpcIds }) => vpcIds.length === 0) ?? first;
      if (!free) return topology;
      return {
        ...topology,
        internetGateways: [first, ...others].flatMap((gateway) =>
          !gateway ? [] : gateway.id === free.id ? [{ ...gateway, vpcIds: [change.vpcId] }] : [gateway],
        ),
      };
    }
    case 'gateway-endpoint-route':
      return {
        ...topology,
        endpoints: topology.endpoints.map((endpoint) =>
          endpoint.id === change.endpointId
            ? { ...endpoint, routeTableIds: [...endpoint.routeTableIds, change.routeTableId] }
            : endpoint,
        ),
      };
    // A property of what is placed, not of the network.
    case 'public-address':
      return topology;
  }
}
