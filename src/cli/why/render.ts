import { formatProblem, type Position } from '../../common/problem.ts';
import type { Origin } from '../../topology/model.ts';
import type { Hop } from '../../verify/reach/model.ts';
import type { Style } from '../terminal.ts';
import { changeText } from './changes.ts';
import type { Leg, Route } from './routes.ts';

type PositionOf = (origin: Origin) => Position | undefined;

const VERDICT = { holds: 'holds', fails: 'fails', 'cannot-tell': 'cannot be told' } as const;

/** The way, gate by gate: what decides, and where it is written; a closed gate with what opens it. */
export function renderRoute(route: Route, positionOf: PositionOf, style: Style): string {
  const { legs, forwarding, verdict } = route;
  const paint = verdict === 'holds' ? style.green : verdict === 'fails' ? style.red : style.yellow;
  const ends = `${legs[0]!.from} → ${legs.map(({ to, port }) => `${to}:${port}`).join(' → ')}`;
  const between = forwarding.map(
    ({ says, origin }) =>
      `  ${style.green('✓')} ${'load balancer'.padEnd(17)} ${says}${at(origin, positionOf, style)}`,
  );
  return [
    `${style.bold(ends)}  ${paint(VERDICT[verdict])}`,
    ...legs.flatMap((leg, index) => [
      ...(index > 0 ? between : []),
      ...(leg.between === undefined ? [] : [`  ${style.dim(subnetsText(leg))}`]),
      ...leg.path.hops.flatMap((hop) => renderHop(hop, positionOf, style)),
    ]),
  ].join('\n');
}

const subnetsText = ({ between, alike, pairs }: Leg): string =>
  alike === pairs
    ? `${between}, and the same for all ${pairs} pairs of subnets`
    : `${between}: so for ${alike} of ${pairs} pairs of subnets`;

function renderHop(hop: Hop, positionOf: PositionOf, style: Style): string[] {
  const [mark, paint] =
    hop.passes === 'yes'
      ? (['✓', style.green] as const)
      : hop.passes === 'no'
        ? (['✗', style.red] as const)
        : (['?', style.yellow] as const);
  const gate = hop.gate.padEnd(17);
  const first = `  ${paint(mark)} ${hop.passes === 'yes' ? gate : paint(gate)} ${hop.says}${at(hop.origin, positionOf, style)}`;
  const changes = hop.changes.map(
    (change, index) => `      ${style.cyan(index === 0 ? 'write' : '   or')} ${changeText(change)}`,
  );
  return [first, ...changes];
}

function at(origin: Origin | undefined, positionOf: PositionOf, style: Style): string {
  const position = origin && positionOf(origin);
  return position
    ? `  ${style.dim(formatProblem({ code: '', message: '', position }).replace(/:\d+: $/, ''))}`
    : '';
}

export function routeJson({ verdict, legs, forwarding }: Route, positionOf: PositionOf) {
  return {
    verdict,
    legs: legs.map(({ from, to, port, path, between, pairs, alike }) => ({
      from,
      to,
      port,
      verdict: path.verdict,
      subnets: between,
      pairs,
      alike,
      hops: path.hops.map((hop) => ({
        ...hop,
        ...(hop.origin ? positionOf(hop.origin) : {}),
        changes: hop.changes.map((change) => ({ ...change, says: changeText(change) })),
      })),
    })),
    forwarding: forwarding.map(({ says, origin }) => ({ says, ...positionOf(origin) })),
  };
}
