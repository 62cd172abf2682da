import { parseCidr } from '../../../topology/cidr.ts';
import type { Route, Topology } from '../../../topology/model.ts';
import type { ReasonBook } from './reasons.ts';
import type { RulesetBuilder } from './ruleset.ts';

export interface PlacedRoute {
  readonly cidr: string;
  readonly route: Route;
}

/**
 * The IPv4 routes of a table in the order in which they decide: the longest prefix first, and a static route before one by prefix
 * list. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
export function routesByPrefix(topology: Topology, routeTableId: string): readonly PlacedRoute[] {
  const routes = topology.routeTables.find(({ id }) => id === routeTableId)?.routes ?? [];
  const placed = routes.flatMap((route) => {
    if (!route.destination.startsWith('pl-')) return [{ route, cidr: route.destination, byList: 0 }];
    const list = topology.prefixLists.find(({ id }) => id === route.destination);
    return (list?.cidrs ?? []).map((cidr) => ({ route, cidr, byList: 1 }));
  });
  return placed
    .flatMap((each) => {
      const parsed = parseCidr(each.cidr);
      return parsed ? [{ ...each, prefix: parsed.prefix }] : [];
    })
    .sort((one, other) => other.prefix - one.prefix || one.byList - other.byList)
    .map(({ cidr, route }) => ({ cidr, route }));
}

/** One chain a table: it goes on to the chain of the target that the longest matching prefix names. */
export function compileRouteTable(
  topology: Topology,
  routeTableId: string,
  rules: RulesetBuilder,
  reasons: ReasonBook,
  targets: ReadonlyMap<string, string>,
): string {
  const towards = ({ destination, target, state }: Route): string => {
    if (target.kind === 'local') return 'goto arrive';
    if (state === 'blackhole')
      return reasons.deny(
        `route table ${routeTableId}: the route to ${destination} is a blackhole (${target.id})`,
        [routeTableId],
      );
    const chain = targets.get(target.id);
    if (chain) return `goto ${chain}`;
    return reasons.deny(`not enacted: route to ${target.id} (${target.kind})`, [routeTableId]);
  };
  return rules.chain(`routes_${routeTableId}`, [
    ...routesByPrefix(topology, routeTableId).map(
      ({ cidr, route }) => `${cidr === '0.0.0.0/0' ? '' : `ip daddr ${cidr} `}${towards(route)}`,
    ),
    reasons.deny(`route table ${routeTableId}: no route`, [routeTableId]),
  ]);
}
