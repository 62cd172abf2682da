import { applyChange } from '../reach/apply.ts';
import { type Graph, graphOf } from '../reach/graph.ts';
import type { Change, End, Hop, Placement, Question } from '../reach/model.ts';
import { reach } from '../reach/reach.ts';

/** A change, and for whom it is made. */
export interface Planned {
  readonly change: Change;
  readonly hop: Hop;
  /** Of the two ends the one at which the change is made, where it is one's. */
  readonly placement: Placement | undefined;
}
export interface Plan {
  readonly steps: readonly Planned[];
  /** Whether everything holds once they are made. */
  readonly complete: boolean;
  readonly graph: Graph;
}

/**
 * The changes that open paths, one after the other, each asked for again: what an earlier change opened needs no other. `can` says
 * which changes there is one right way to make.
 */
export function plan(
  start: Graph,
  questions: readonly Question[],
  can: (change: Change, placement: Placement | undefined) => boolean,
): Plan {
  const steps: Planned[] = [];
  let graph = start;
  let complete = true;
  const given = new Set<string>();
  for (const asked of questions) {
    for (let round = 0; ; round++) {
      const question = withPublicAddresses(asked, given);
      const { verdict, hops } = reach(graph, question);
      if (verdict !== 'fails') break;
      const step = round < 12 ? next(hops, question, can) : undefined;
      if (!step) {
        complete = false;
        break;
      }
      steps.push(step);
      if (step.change.kind === 'public-address') given.add(step.change.name);
      else graph = changed(graph, step);
    }
  }
  return { steps, complete, graph };
}

function next(
  hops: readonly Hop[],
  { from, to }: Question,
  can: (change: Change, placement: Placement | undefined) => boolean,
): Planned | undefined {
  for (const hop of hops) {
    if (hop.passes !== 'no') continue;
    const inward = hop.gate.endsWith('ingress') !== hop.gate.startsWith('reply') || from.kind === 'internet';
    const placement = placementOf(inward ? to : from) ?? placementOf(inward ? from : to);
    const change = hop.changes.find((one) => can(one, placement));
    if (change) return { change, hop, placement };
    // Without a way out a public address alone is of no use.
    if (hop.gate === 'route') return undefined;
  }
  return undefined;
}

const placementOf = (end: End): Placement | undefined =>
  end.kind === 'placement' ? end.placement : undefined;

function withPublicAddresses(question: Question, given: ReadonlySet<string>): Question {
  if (given.size === 0) return question;
  const give = (end: End): End =>
    end.kind === 'placement' && given.has(end.placement.name)
      ? { ...end, placement: { ...end.placement, hasPublicAddress: true } }
      : end;
  return { ...question, from: give(question.from), to: give(question.to) };
}

/** The graph of the changed topology. A VPC's main table has no name in a template: one subnet leaves it for a table of its own. */
function changed({ topology }: Graph, { change, placement }: Planned): Graph {
  const subnetId = placement?.subnetId;
  const main = topology.routeTables.find(
    ({ id }) => change.kind === 'route' && id === change.routeTableId && id.endsWith('.MainRouteTable'),
  );
  if (change.kind !== 'route' || !main) return graphOf(applyChange(topology, change));
  const own = { ...main, id: `${subnetId}.RouteTable` };
  const parted = {
    ...topology,
    routeTables: [...topology.routeTables, own],
    subnets: topology.subnets.map((subnet) =>
      subnet.id === subnetId ? { ...subnet, routeTableId: own.id } : subnet,
    ),
  };
  return graphOf(applyChange(parted, { ...change, routeTableId: own.id }));
}
