import type { Picture } from '../model.ts';
import { labelled } from './labels.ts';
import type { Drawing, Frame, Node, Wire } from './model.ts';
import { netsOf } from './nets.ts';
import { place, type Spacing } from './place.ts';
import { routeNets } from './route.ts';

/** Room for a few lines, and what is tried where that is not enough. */
const SPACINGS: readonly Spacing[] = [
  { columns: 32, rows: 48 },
  { columns: 56, rows: 56 },
  { columns: 80, rows: 72 },
  { columns: 112, rows: 96 },
  { columns: 160, rows: 128 },
];

const TRIES = 3;

/** Many things in one subnet have many lines between them. */
function firstFor({ vpcs }: Picture): number {
  const most = Math.max(
    0,
    ...vpcs.flatMap(({ tiers }) =>
      tiers.flatMap(({ subnets }) => subnets.map((one) => one?.items.length ?? 0)),
    ),
  );
  return most > 30 ? 2 : most > 12 ? 1 : 0;
}

/** A subnet's way out begins at its border. */
const asEnd = (frame: Frame): Node[] =>
  frame.kind === 'private'
    ? [
        {
          ...frame,
          item: {
            id: frame.id,
            of: frame.id,
            kind: 'subnet',
            name: frame.label,
            detail: '',
            count: undefined,
          },
        },
      ]
    : [];

/** What is wrong has to be told beside its line. */
const isCramped = ({ check, labels }: Wire): boolean =>
  check !== undefined && (labels.length === 0 || labels.some(({ covers }) => covers));

/** Everything in its place, with as much room as its lines need. */
export function layOut(picture: Picture): Drawing {
  const first = firstFor(picture);
  const tries = SPACINGS.slice(first, first + TRIES).map((spacing) => () => {
    const placed = place(picture, spacing);
    const nets = netsOf(picture.flows, [...placed.nodes, ...placed.frames.flatMap(asEnd)]);
    const { wires, board, troubles } = routeNets(placed, nets);
    const done = labelled(wires, board);
    return { placed, wires: done, troubles: troubles + done.filter(isCramped).length };
  });
  let best = tries[0]!();
  for (const attempt of tries.slice(1)) {
    if (best.troubles === 0) break;
    const next = attempt();
    if (next.troubles < best.troubles) best = next;
  }
  const { placed, wires } = best;
  return {
    title: picture.title,
    width: placed.width,
    height: placed.height,
    frames: placed.frames,
    nodes: placed.nodes,
    wires,
    remarks: picture.remarks,
    legendAt: placed.height,
  };
}
