import type { Subnet } from '../../topology/model.ts';
import type { Graph } from './graph.ts';
import type { Peer } from './groups.ts';
import type { Hop } from './model.ts';
import { chooseRoute } from './routes.ts';
import { isTold, whyUntold } from '../../topology/told.ts';

/** Both VPCs need a route to the other: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html */
export function peerRoute(
  graph: Graph,
  gate: 'route' | 'reply-route',
  from: Subnet,
  to: Subnet,
  { name, addresses, cidr }: Peer,
): Hop {
  const table = graph.tables.get(from.routeTableId);
  const hop = (passes: Hop['passes'], says: string): Hop => ({
    gate,
    at: table?.id ?? from.routeTableId,
    passes,
    says,
    changes: [],
    ...(passes === 'no' ? { code: 'NO_ROUTE_TO_DESTINATION' } : {}),
  });
  if (!table) return hop('unknown', `the route table of ${from.id} is not known here`);
  const chosen = chooseRoute(table, addresses, graph.prefixLists);
  if (chosen.kind === 'unclear') return hop('unknown', `${table.id} leads a part of ${cidr} elsewhere`);
  const target = chosen.kind === 'route' ? chosen.route.target : undefined;
  if (chosen.kind === 'route' && chosen.route.uncertain !== undefined)
    return hop('unknown', `${table.id} may lead to ${name}: ${chosen.route.uncertain}`);
  const peering = graph.topology.peerings?.find(
    ({ vpcIds }) => vpcIds.includes(from.vpcId) && vpcIds.includes(to.vpcId),
  );
  if (chosen.kind === 'route' && target?.kind === 'peering' && chosen.route.state === 'active') {
    const known = graph.peerings.get(target.id);
    if (!known) return hop('unknown', `the peering ${target.id} is not known here`);
    const joins = known.vpcIds.includes(from.vpcId) && known.vpcIds.includes(to.vpcId);
    if (joins && known.active)
      return {
        ...hop('yes', `${table.id} leads to ${name} by ${target.id}`),
        ...(chosen.route.origin ? { origin: chosen.route.origin } : {}),
      };
    const untold = joins ? undefined : known.vpcIds.find((id) => !isTold(id, graph.vpcs));
    if (untold !== undefined)
      return hop(
        'unknown',
        `whether ${target.id} leads to ${to.vpcId} is not known here: ${whyUntold(untold)}`,
      );
    return hop(
      'no',
      joins ? `the peering ${target.id} is not active` : `${target.id} does not lead to ${to.vpcId}`,
    );
  }
  if (target && !['local', 'peering', 'internet-gateway', 'nat-gateway'].includes(target.kind))
    return hop('unknown', `${table.id} leads to ${name} by ${target.kind}, which is not modelled`);
  return {
    ...hop('no', `${name} is in ${to.vpcId}, and ${table.id} has no route from ${from.vpcId} to there`),
    changes: peering
      ? [
          {
            kind: 'route',
            routeTableId: table.id,
            destination: to.cidr,
            target: { kind: 'peering', id: peering.id },
          },
        ]
      : [],
  };
}
