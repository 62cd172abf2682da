import { InputError } from '../../common/problem.ts';
import type { Origin } from '../../topology/model.ts';
import { isUnknown, known, type System } from '../../topology/system.ts';
import type { Party } from '../../verify/ends.ts';
import type { Graph } from '../../verify/reach/graph.ts';
import type { End, Path } from '../../verify/reach/model.ts';
import { reach } from '../../verify/reach/reach.ts';
import { nameOf, type NamedEnd, type Surroundings } from './ends.ts';

/** One connection of the way, asked from each subnet to each. */
export interface Leg {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly path: Path;
  /** The subnets of the path that is shown, where there are several. */
  readonly between: string | undefined;
  /** Of how many pairs of subnets the path is as it is shown. */
  readonly pairs: number;
  readonly alike: number;
}
/** What a load balancer does between two legs. */
export interface Forwarding {
  readonly says: string;
  readonly origin: Origin;
}
export interface Route {
  readonly verdict: Path['verdict'];
  readonly legs: readonly Leg[];
  readonly forwarding: readonly Forwarding[];
}

/** Every way to the port, the one that counts first: one that holds, else through a load balancer for who is outside, else directly. */
export function routesBetween(
  surroundings: Surroundings & { readonly graph: Graph },
  { from, to, port }: { readonly from: NamedEnd; readonly to: NamedEnd; readonly port: number | undefined },
): readonly Route[] {
  const { graph } = surroundings;
  const direct = portsOf(to, port).map((each) => single(leg(graph, from, to, each)));
  const behind =
    to.kind === 'party' && from.kind !== 'aws-service'
      ? balancersOf(surroundings, to.party, port).map(
          ({ balancer, listenerPort, containerPort, forwarding }) => {
            const front: NamedEnd = { kind: 'party', party: balancer };
            const legs = [leg(graph, from, front, listenerPort), leg(graph, front, to, containerPort)];
            return { verdict: together(legs), legs, forwarding };
          },
        )
      : [];
  const ordered =
    from.kind === 'internet' || from.kind === 'address' ? [...behind, ...direct] : [...direct, ...behind];
  const rank = { holds: 0, 'cannot-tell': 1, fails: 2 } as const;
  return ordered.toSorted((a, b) => Math.min(rank[a.verdict], 1) - Math.min(rank[b.verdict], 1));
}

const single = (one: Leg): Route => ({ verdict: one.path.verdict, legs: [one], forwarding: [] });

const together = (legs: readonly Leg[]): Path['verdict'] =>
  legs.some(({ path }) => path.verdict === 'fails')
    ? 'fails'
    : legs.some(({ path }) => path.verdict === 'cannot-tell')
      ? 'cannot-tell'
      : 'holds';

/** Tasks may come up in any of their subnets: one pair for which it fails is a failure. */
function leg(graph: Graph, from: NamedEnd, to: NamedEnd, port: number): Leg {
  const pairs = endsOf(from).flatMap((one) =>
    endsOf(to).map((other) => ({
      one,
      other,
      path: reach(graph, { from: one, to: other, port, protocol: 'tcp' }),
    })),
  );
  const told = { from: nameOf(from), to: nameOf(to), port };
  const worst =
    pairs.find(({ path }) => path.verdict === 'fails') ??
    pairs.find(({ path }) => path.verdict === 'cannot-tell') ??
    pairs[0];
  if (!worst) return { ...told, path: unplaced([from, to]), between: undefined, pairs: 0, alike: 0 };
  const subnets = [worst.one, worst.other].flatMap((end) =>
    end.kind === 'placement' ? [end.placement.subnetId] : [],
  );
  return {
    ...told,
    path: worst.path,
    between: pairs.length > 1 ? subnets.join(' → ') : undefined,
    pairs: pairs.length,
    alike: pairs.filter(({ path }) => path.verdict === worst.path.verdict).length,
  };
}

function endsOf(end: NamedEnd): readonly End[] {
  if (end.kind === 'party')
    return end.party.placements.map((placement) => ({ kind: 'placement', placement }));
  return end.kind === 'interface' ? [{ kind: 'placement', placement: end.placement }] : [end];
}

/** Where nobody knows where an end stands, that is the answer. */
const unplaced = (ends: readonly NamedEnd[]): Path => ({
  verdict: 'cannot-tell',
  hops: ends.flatMap((end) =>
    end.kind === 'party' && end.party.placements.length === 0
      ? [
          {
            gate: 'vpc' as const,
            at: end.party.id,
            passes: 'unknown' as const,
            says: `where ${end.party.name} stands is not known: ${end.party.why ?? 'it has no subnets'}`,
            changes: [],
          },
        ]
      : [],
  ),
});

function portsOf(to: NamedEnd, port: number | undefined): readonly number[] {
  if (port !== undefined) return [port];
  if (to.kind === 'aws-service' || to.kind === 'internet') return [443];
  if (to.kind === 'party' && to.party.ports.length > 0) return to.party.ports;
  throw new InputError([
    {
      code: 'usage',
      message: `it is not known on which port ${nameOf(to)} listens`,
      fix: `write the port: fairway why FROM ${nameOf(to)}:PORT`,
    },
  ]);
}

interface Behind {
  readonly balancer: Party;
  readonly listenerPort: number;
  readonly containerPort: number;
  readonly forwarding: readonly Forwarding[];
}

/** Listeners and rules that forward to a target group in which the service registers, with its container's port. */
function balancersOf({ system, parties }: Surroundings, to: Party, port: number | undefined): Behind[] {
  const service = system.services.find(({ id }) => id === to.id);
  return (service?.targets ?? []).flatMap((target) => {
    const containerPort = known(target.containerPort);
    const groupId = known(target.targetGroupId);
    if (containerPort === undefined || groupId === undefined) return [];
    return forwardsTo(system, groupId).flatMap(({ balancerId, listenerPort, says, origin }) => {
      const balancer = parties.get(balancerId);
      // A port is the service's or the listener's: https://…:443 leads to it as well as the port it listens on.
      if (!balancer || (port !== undefined && port !== containerPort && port !== listenerPort)) return [];
      const registers = {
        says: `${to.name} registers in ${groupId} with port ${containerPort}`,
        origin: target.origin,
      };
      return [{ balancer, listenerPort, containerPort, forwarding: [{ says, origin }, registers] }];
    });
  });
}

function forwardsTo(system: System, groupId: string) {
  return system.listeners.flatMap(({ id, port, loadBalancerId, defaultActions, rules, origin }) => {
    const [balancerId, listenerPort] = [known(loadBalancerId), known(port)];
    if (balancerId === undefined || listenerPort === undefined) return [];
    const forwards = (actions: typeof defaultActions) =>
      actions.some(
        (action) =>
          action.kind === 'forward' && action.targetGroupIds.some((each) => known(each) === groupId),
      );
    const at = { balancerId, listenerPort };
    return [
      ...(forwards(defaultActions)
        ? [{ ...at, says: `the listener ${id} forwards to ${groupId} what no rule takes`, origin }]
        : []),
      ...rules
        .filter(({ actions }) => forwards(actions))
        .map((rule) => ({
          ...at,
          says: `the rule ${rule.id} of ${id} forwards ${rule.conditions.map(conditionText).join(' and ')} to ${groupId}`,
          origin: rule.origin,
        })),
    ];
  });
}

const conditionText = ({
  field,
  values,
}: System['listeners'][number]['rules'][number]['conditions'][number]): string =>
  `${field} ${isUnknown(values) ? `(${values.unknown})` : values.join(', ')}`;
