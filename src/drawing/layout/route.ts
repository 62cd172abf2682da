import { type Board, boardOf, DX, DY, indexOf, opposite, pointOf, step } from './board.ts';
import { GRID, type Node, type Point, type Route, type Wire } from './model.ts';
import type { Net } from './nets.ts';
import type { Placed } from './place.ts';
import { createSearch, type Port } from './search.ts';

export interface Routed {
  readonly wires: readonly Omit<Wire, 'labels'>[];
  readonly board: Board;
  /** Lengths that run over each other, and flows that found no way: too little room. */
  readonly troubles: number;
}

/** Lines for all nets, one after the other; none crosses a box or a text, none runs on top of another. */
export function routeNets(placed: Placed, nets: readonly Net[]): Routed {
  const board = boardOf(placed);
  const search = createSearch(board);
  /** Points on borders of boxes where lines end, by net. */
  const ports = new Map<number, number>();
  let troubles = 0;
  const wires = nets.map((net, index) => {
    const id = index + 1;
    const tree = new Set<number>();
    const routes: { readonly leaf: Net['leaves'][number]; readonly points: readonly number[] }[] = [];
    const next = new Map<number, number>();
    for (const leaf of net.leaves) {
      const starts = portsOf(board, leaf.node, net.out, ports, id);
      const ends = { ports: tree.size > 0 ? [] : portsOf(board, net.root, !net.out, ports, id), tree };
      const found = search(id, starts, ends, false) ?? search(id, starts, ends, true);
      troubles += found ? found.overlaps : 5;
      if (!found) continue;
      for (const [at, point] of found.points.entries())
        if (at + 1 < found.points.length) next.set(point, found.points[at + 1]!);
      occupy(board, found.points, id);
      ports.set(found.points[0]!, id);
      if (tree.size === 0) ports.set(found.points.at(-1)!, id);
      // Others join behind the head of the line, and not in front of the box where it begins.
      for (const point of net.out ? found.points.slice(3, -2) : found.points.slice(2, -3)) tree.add(point);
      routes.push({ leaf, points: found.points });
    }
    return wireOf(board, net, routes, next);
  });
  return { wires, board, troubles };
}

/** Lines leave below and arrive above, where they can. */
function portsOf(
  board: Board,
  { x, y, width, height }: Node,
  arriving: boolean,
  used: ReadonlyMap<number, number>,
  net: number,
): readonly Port[] {
  const found: Port[] = [];
  const sides = [
    { direction: 3, from: { x: x + 2 * GRID, y }, length: width - 4 * GRID, cost: arriving ? 0 : 56 },
    {
      direction: 1,
      from: { x: x + 2 * GRID, y: y + height },
      length: width - 4 * GRID,
      cost: arriving ? 56 : 0,
    },
    { direction: 2, from: { x, y: y + GRID }, length: height - 2 * GRID, cost: arriving ? 40 : 20 },
    {
      direction: 0,
      from: { x: x + width, y: y + GRID },
      length: height - 2 * GRID,
      cost: arriving ? 40 : 20,
    },
  ];
  for (const { direction, from, length, cost } of sides) {
    const along = direction % 2 === 0 ? 1 : 0;
    for (let offset = 0; offset <= length; offset += GRID) {
      const at = indexOf(board, { x: from.x + DX[along]! * offset, y: from.y + DY[along]! * offset });
      const near = [at, step(board, at, along), step(board, at, opposite(along))];
      if (near.some((point) => used.has(point) && used.get(point) !== net)) continue;
      const off = Math.abs(offset - length / 2) / GRID;
      found.push({ at, direction, cost: cost + Math.round(off * 3) });
    }
  }
  return found;
}

function occupy({ across, down, taken, columns }: Board, points: readonly number[], net: number): void {
  for (const [index, at] of points.entries()) {
    const [before, after] = [points[index - 1], points[index + 1]];
    const directions = [before, after].map((other) =>
      other === undefined ? undefined : Math.abs(other - at) < columns ? 'across' : 'down',
    );
    if (directions.includes('across')) across[at] = net;
    if (directions.includes('down')) down[at] = net;
    const straight = directions[0] === directions[1];
    // Heads and tails are kept free.
    if (!straight || index < 3 || index >= points.length - 3) taken[at] = net;
  }
}

function wireOf(
  board: Board,
  net: Net,
  routes: readonly { readonly leaf: Net['leaves'][number]; readonly points: readonly number[] }[],
  next: ReadonlyMap<number, number>,
): Omit<Wire, 'labels'> {
  const strokes = routes.map(({ points }) => cornersOf(board, points));
  const joints = routes.slice(1).map(({ points }) => pointOf(board, points.at(-1)!));
  const whole = routes.map(({ leaf, points }): Route => {
    const path = [...points];
    const seen = new Set(path);
    for (let at = next.get(path.at(-1)!); at !== undefined && !seen.has(at); at = next.get(at)) {
      seen.add(at);
      path.push(at);
    }
    const corners = cornersOf(board, path);
    return {
      flow: leaf.flow,
      points: net.out ? corners.toReversed() : corners,
    };
  });
  const ending = net.out ? whole : whole.slice(0, 1);
  return {
    verdict: net.flow.verdict,
    check: net.flow.check,
    strokes,
    heads: ending.map(({ points }) => headOf(points)),
    joints,
    routes: whole,
  };
}

function headOf(points: readonly Point[]): Wire['heads'][number] {
  const [before, at] = [points.at(-2)!, points.at(-1)!];
  return { at, dx: Math.sign(at.x - before.x), dy: Math.sign(at.y - before.y) };
}

/** The ends and the bends. */
function cornersOf(board: Board, points: readonly number[]): readonly Point[] {
  return points
    .filter((at, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      return before === undefined || after === undefined || at - before !== after - at;
    })
    .map((at) => pointOf(board, at));
}
