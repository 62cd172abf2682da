import { type Cidr, contains, formatCidr, overlaps, parseCidr } from '../../topology/cidr.ts';
import type { Route, RouteTable, Topology } from '../../topology/model.ts';
import { type Addresses, publicBlocks } from './addresses.ts';
import { truthOf } from './groups.ts';

/** The route that packets to the addresses take. */
export type Chosen =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'none' }
  /** A more specific route leads a part of the addresses elsewhere, or a list of prefixes is not known. */
  | { readonly kind: 'unclear'; readonly routes: readonly Route[] };

/**
 * The longest prefix wins; a static route wins over one by a list of the same length:
 * https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function chooseRoute(
  table: RouteTable,
  addresses: Addresses,
  prefixLists: ReadonlyMap<string, Topology['prefixLists'][number]>,
): Chosen {
  const candidates = table.routes.flatMap((route) => {
    const blocks = (prefixLists.get(route.destination)?.cidrs ?? [route.destination]).flatMap(
      (cidr) => parseCidr(cidr) ?? [],
    );
    return blocks.map((block) => ({ route, block, byList: route.destination.startsWith('pl-') }));
  });
  const wanted = addresses.blocks;
  const covering = candidates
    .filter(({ block }) => wanted.every((one) => contains(block, one)))
    .sort((a, b) => b.block.prefix - a.block.prefix || Number(a.byList) - Number(b.byList));
  const best = covering[0];
  const inner = candidates.filter(
    ({ block }) => wanted.some((one) => overlaps(block, one)) && !wanted.every((one) => contains(block, one)),
  );
  // Of the whole internet, parts that go elsewhere (to an endpoint, a peer) are no way to the rest.
  if (wanted === publicBlocks) {
    const route = best?.route ?? together(inner, addresses);
    return route ? { kind: 'route', route } : { kind: 'none' };
  }
  const elsewhere = inner.filter(({ route }) => !best || !sameTarget(route, best.route));
  if (elsewhere.length > 0) return { kind: 'unclear', routes: elsewhere.map(({ route }) => route) };
  return best ? { kind: 'route', route: best.route } : { kind: 'none' };
}

/** Routes that only together lead everywhere (0.0.0.0/1 and 128.0.0.0/1); for a client from anywhere a part is enough. */
function together(
  parts: readonly { readonly route: Route; readonly block: Cidr }[],
  addresses: Addresses,
): Route | undefined {
  const widest = parts.toSorted((a, b) => a.block.prefix - b.block.prefix || a.block.first - b.block.first);
  return widest.find(({ route }) => {
    const same = widest
      .filter((other) => sameTarget(other.route, route))
      .map(({ block }) => formatCidr(block));
    return truthOf(same, addresses) === 'yes';
  })?.route;
}

const sameTarget = (one: Route, other: Route): boolean =>
  one.state === other.state && JSON.stringify(one.target) === JSON.stringify(other.target);
