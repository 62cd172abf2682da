import type { Origin } from '../../topology/model.ts';
import type { Graph } from '../reach/graph.ts';
import type { End, Path, Placement, Question } from '../reach/model.ts';
import { reach } from '../reach/reach.ts';

/** The checks that ask for paths, in the order in which they claim a cause that several of them see. */
export const ASKING = [
  'load-balancer-unreachable',
  'target-unreachable',
  'health-check-unreachable',
  'bridge-ephemeral-range-closed',
  'service-unreachable',
  'database-unreachable',
  'image-unreachable',
  'secrets-unreachable',
  'logs-unreachable',
  'exec-unreachable',
] as const;
export type Asking = (typeof ASKING)[number];

/** A path that the deployment needs: it must hold from each place to each place. */
export interface Ask {
  readonly check: Asking;
  /** Whose need it is. */
  readonly subject: string;
  /** `reach Api on tcp 5000`, `pull its image nginx:1.27`. */
  readonly does: string;
  readonly resource: string;
  /** Of a need between two parties: their ids. */
  readonly between?: { readonly from: string; readonly to: string };
  /** Where to point where nothing of the network is to be changed. */
  readonly origin: Origin;
  readonly from: Side;
  readonly to: Side;
  /** Where it is not known which of two the need is: both must hold, and only where both fail it is certain. */
  readonly or?: { readonly to: Side; readonly why: string };
  readonly protocol: 'tcp' | 'udp';
  readonly ports: readonly number[];
  /** A whole range must pass; the ports are samples of it. */
  readonly range?: { readonly from: number; readonly to: number };
}

/** One end in all the places that it may have. */
export interface Side {
  readonly ends: readonly End[];
  /** Why it is not known where it is. */
  readonly why?: string;
}

export type Outcome =
  | { readonly kind: 'holds' }
  | { readonly kind: 'unclear'; readonly why: string }
  | { readonly kind: 'fails'; readonly failures: readonly Failure[]; readonly asked: number };
export interface Failure {
  readonly question: Question;
  readonly path: Path;
}

export const sideOf = ({
  placements,
  why,
}: {
  readonly placements: readonly Placement[];
  readonly why?: string;
}): Side => ({
  ends: placements.map((placement) => ({ kind: 'placement', placement })),
  ...(why === undefined ? {} : { why }),
});

/** Whether an ask holds: from every place to every place. */
export function judge(graph: Graph, ask: Ask): Outcome {
  const first = judgeTo(graph, ask, ask.to);
  if (!ask.or) return first;
  const second = judgeTo(graph, ask, ask.or.to);
  if (first.kind === second.kind && first.kind !== 'unclear') return first;
  return { kind: 'unclear', why: ask.or.why };
}

function judgeTo(graph: Graph, { from, protocol, ports }: Ask, to: Side): Outcome {
  const why = from.why ?? to.why;
  if (why !== undefined) return { kind: 'unclear', why };
  const failures: Failure[] = [];
  let asked = 0;
  let unclear: string | undefined;
  for (const sender of from.ends)
    for (const receiver of to.ends)
      for (const port of ports) {
        const question: Question = { from: sender, to: receiver, protocol, port };
        const path = reach(graph, question);
        asked++;
        if (path.verdict === 'fails') failures.push({ question, path });
        if (path.verdict === 'cannot-tell')
          unclear ??= path.hops.find(({ passes }) => passes === 'unknown')?.says;
      }
  if (failures.length > 0) return { kind: 'fails', failures, asked };
  return unclear === undefined ? { kind: 'holds' } : { kind: 'unclear', why: unclear };
}
