import { oncePer } from '../once.ts';
import type { Hop } from '../reach/model.ts';
import { type Ask, ASKING, type Failure, judge } from './ask.ts';
import { balancingAsks } from './balancing.ts';
import { callAsks } from './calls.ts';
import { outwardAsks } from './outward.ts';

/** An ask that fails, and where. */
export interface Failing {
  readonly ask: Ask;
  readonly failures: readonly Failure[];
  /** How many combinations of places were asked for. */
  readonly asked: number;
}
/** Asks that fail for one reason. */
export interface Cause {
  readonly check: string;
  readonly failing: readonly Failing[];
}
export interface Open {
  readonly ask: Ask;
  readonly why: string;
}

/** Everything that the deployment needs, judged once for all checks that ask for paths. */
export const judged = oncePer(
  (context): { readonly causes: readonly Cause[]; readonly open: readonly Open[] } => {
    const failing: Failing[] = [];
    const open = new Map<string, Open>();
    for (const ask of [...balancingAsks(context), ...callAsks(context), ...outwardAsks(context)]) {
      const outcome = judge(context.graph, ask);
      if (outcome.kind === 'fails') failing.push({ ask, ...outcome });
      // One missing fact leaves several questions open; it is told once for a resource.
      const key = outcome.kind === 'unclear' ? `${ask.resource} ${outcome.why}` : '';
      if (outcome.kind === 'unclear' && !open.has(key)) open.set(key, { ask, why: outcome.why });
    }
    return {
      causes: byCause(failing).map((group) => ({ check: ownerOf(group), failing: group })),
      open: [...open.values()],
    };
  },
);

/** What fails at one table, ACL or gateway, or for want of one rule, has one cause. */
function byCause(failing: readonly Failing[]): Failing[][] {
  const groups: { readonly keys: Set<string>; readonly members: Failing[] }[] = [];
  const byKey = new Map<string, (typeof groups)[number]>();
  for (const one of failing) {
    const keys = keysOf(one);
    const near = new Set(keys.flatMap((key) => byKey.get(key) ?? []));
    const [home = { keys: new Set<string>(), members: [] }, ...others] = near;
    if (near.size === 0) groups.push(home);
    for (const other of others) {
      home.members.push(...other.members.splice(0));
      for (const key of other.keys) home.keys.add(key);
    }
    home.members.push(one);
    for (const key of [...keys, ...home.keys]) {
      home.keys.add(key);
      byKey.set(key, home);
    }
  }
  return groups.map(({ members }) => members).filter((members) => members.length > 0);
}

function keysOf({ failures }: Failing): string[] {
  const keys = failures.flatMap(({ path }) => {
    const closed = path.hops.filter(({ passes }) => passes === 'no');
    const shared = closed.filter((hop) => !hop.gate.startsWith('group-') && !isPublicAddress(hop));
    if (shared.length > 0) return shared.map(({ gate, at }) => `${sideOf(gate)} ${at}`);
    return closed.map((hop) => `${hop.gate} ${hop.at} ${JSON.stringify(hop.changes)}`);
  });
  return [...new Set(keys)];
}
const sideOf = (gate: Hop['gate']): string => (gate.includes('acl') ? 'acl' : gate.replace('reply-', ''));
/** Each service has its own. */
export const isPublicAddress = ({ changes }: Hop): boolean =>
  changes.some(({ kind }) => kind === 'public-address');

function ownerOf(group: readonly Failing[]): string {
  const hops = group.flatMap(({ failures }) =>
    failures.flatMap(({ path }) => path.hops.filter(({ passes }) => passes === 'no')),
  );
  if (hops.every(({ gate }) => gate.startsWith('reply-acl'))) return 'nacl-blocks-replies';
  if (hops.every((hop) => isNatWithoutWayOut(hop))) return 'nat-gateway-in-private-subnet';
  const checks = new Set(group.map(({ ask }) => ask.check));
  return ASKING.find((check) => checks.has(check)) ?? ASKING[0];
}

/** The hop of a NAT gateway offers a route of its own subnet's table, that of the client's table does not. */
const isNatWithoutWayOut = ({ gate, at, changes }: Hop): boolean =>
  gate === 'gateway' && changes.some((change) => change.kind === 'route' && change.routeTableId !== at);
