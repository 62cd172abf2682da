import type { Picture } from '../model.ts';
import { labelled } from './labels.ts';
import type { Drawing, Frame, Node } from './model.ts';
import { netsOf } from './nets.ts';
import { place, type Spacing } from './place.ts';
import { routeNets } from './route.ts';

/** Room for a few lines, and what is tried where that is not enough. */
const SPACINGS: readonly Spacing[] = [
  { columns: 40, rows: 48 },
  { columns: 56, rows: 56 },
  { columns: 80, rows: 72 },
  { columns: 112, rows: 96 },
  { columns: 160, rows: 128 },
];

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

/** Everything in its place, with as much room as its lines need. */
export function layOut(picture: Picture): Drawing {
  const tries = SPACINGS.slice(firstFor(picture)).map((spacing) => () => {
    const placed = place(picture, spacing);
    return {
      placed,
      routed: routeNets(placed, netsOf(picture.flows, [...placed.nodes, ...placed.frames.flatMap(asEnd)])),
    };
  });
  let best = tries[0]!();
  for (const attempt of tries.slice(1)) {
    if (best.routed.troubles === 0) break;
    const next = attempt();
    if (next.routed.troubles < best.routed.troubles) best = next;
  }
  const { placed, routed } = best;
  return {
    title: picture.title,
    width: placed.width,
    height: placed.height,
    frames: placed.frames,
    nodes: placed.nodes,
    wires: labelled(routed.wires, routed.board),
    remarks: picture.remarks,
    legendAt: placed.height,
  };
}
