import type { Context } from '../../verify/model.ts';
import { type Ask, type Failure, judge } from '../../verify/paths/ask.ts';
import { balancingAsks } from '../../verify/paths/balancing.ts';
import { callAsks } from '../../verify/paths/calls.ts';
import { outwardAsks } from '../../verify/paths/outward.ts';
import type { End } from '../../verify/reach/model.ts';
import { INTERNET, type Verdict } from '../model.ts';

/** What somebody must be able to reach, and what became of it. Ends are ids of parties, `internet`, or `aws:logs`. */
export interface Need {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly number[];
  readonly verdict: Verdict;
  readonly check: string;
  readonly why: string | undefined;
  /** The subnets between which it fails, where it holds between others. */
  readonly failing: readonly Between[];
}
export interface Between {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The same paths that the checks ask for. */
export function needsOf(context: Context): readonly Need[] {
  const made = (ask: Ask, from: string, to: string): Need => ({
    from,
    to,
    ports: ask.range ? [] : ask.ports,
    check: ask.check,
    ...judgement(context, ask),
  });
  const between = [...balancingAsks(context), ...callAsks(context)].flatMap((ask) => {
    if (ask.check === 'load-balancer-unreachable') return made(ask, INTERNET, ask.resource);
    return ask.between ? made(ask, ask.between.from, ask.between.to) : [];
  });
  const outward = [...outwardAsks(context)].flatMap((ask) =>
    targetsOf(ask.to.ends).map((to) => made(ask, ask.resource, to)),
  );
  return [...between, ...outward];
}

/** The parts of pulling from ECR are one thing to see. */
const targetsOf = (ends: readonly End[]): readonly string[] => {
  const names = ends.map((end) => (end.kind === 'aws-service' ? `aws:${end.service}` : INTERNET));
  return names.some((name) => name.startsWith('aws:ecr.')) ? ['aws:ecr'] : names;
};

function judgement({ graph }: Context, ask: Ask): Pick<Need, 'verdict' | 'why' | 'failing'> {
  const outcome = judge(graph, ask);
  switch (outcome.kind) {
    case 'holds':
      return { verdict: 'proven', why: undefined, failing: [] };
    case 'unclear':
      return { verdict: 'unclear', why: outcome.why, failing: [] };
    case 'fails': {
      const pairs = distinct(outcome.failures.map(betweenOf));
      const all = ask.from.ends.length * ask.to.ends.length;
      return {
        verdict: 'blocked',
        why: closedBy(outcome.failures[0]!),
        failing: pairs.length < all ? pairs : [],
      };
    }
  }
}

const betweenOf = ({ question: { from, to } }: Failure): Between => ({
  from: subnetOf(from),
  to: subnetOf(to),
});
const subnetOf = (end: End): string | undefined =>
  end.kind === 'placement' ? end.placement.subnetId : undefined;
const distinct = (pairs: readonly Between[]): Between[] => [
  ...new Map(pairs.map((pair) => [`${pair.from} ${pair.to}`, pair])).values(),
];
const closedBy = ({ path }: Failure): string | undefined =>
  path.hops.find(({ passes }) => passes === 'no')?.says;
