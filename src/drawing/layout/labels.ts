import { type Board, cells, indexOf } from './board.ts';
import { textWidth } from './measure.ts';
import { type Box, GRID, type Label, type Point, type Wire } from './model.ts';

export const LABEL_SIZE = 12;
const HEIGHT = 2 * GRID;

/** Beside each line what it carries, where nothing else is; near its head, else anywhere along it. */
export function labelled(wires: readonly Omit<Wire, 'labels'>[], board: Board): readonly Wire[] {
  const full = board.blocked.map((blocked, at) => blocked || (board.borders[at] ? 2 : 0));
  const isText = (at: number) => full[at] === 1;
  const isHead = (at: number) => board.taken[at] !== 0;
  const used = (at: number) => full[at] !== 0 || board.across[at] !== 0 || board.down[at] !== 0;
  const label = (wire: Omit<Wire, 'labels'>): Wire => {
    const wanted = textsOf(wire);
    const labels = wanted.flatMap(({ text, points }) => {
      const width = Math.ceil((textWidth(text, LABEL_SIZE, wire.check !== undefined) + 4) / GRID) * GRID;
      const places = [...spots(points, width)].filter((spot) => isInside(board, spot));
      const box = places.find((spot) => isFree(board, spot, used));
      const over = wire.check === undefined ? [] : places.filter((spot) => isFree(board, spot, isText));
      const chosen = box ?? over.find((spot) => isFree(board, spot, isHead)) ?? over[0];
      if (!chosen) return [];
      cells(board, chosen, (at) => (full[at] = 1));
      const { anchor, ...place } = chosen;
      return [{ ...place, text, anchor, covers: box === undefined }];
    });
    return { ...wire, labels };
  };
  // What is wrong is longest and matters most: it chooses first.
  const order = [...wires.keys()].sort(
    (a, b) => Number(!wires[a]!.check) - Number(!wires[b]!.check) || a - b,
  );
  const done = new Map(order.map((index) => [index, label(wires[index]!)]));
  return wires.map((_, index) => done.get(index)!);
}

/** One for all flows that end in one place. */
function textsOf({
  routes,
  heads,
  check,
}: Omit<Wire, 'labels'>): readonly { text: string; points: readonly Point[] }[] {
  const fan = heads.length > 1 ? routes : routes.slice(0, 1);
  return fan
    .map(({ flow, points }) => ({ text: [check, portText(flow.ports)].filter(Boolean).join(' '), points }))
    .filter(({ text }) => text !== '');
}
const portText = (ports: readonly number[]): string =>
  ports.length > 4 ? `:${ports[0]} and ${ports.length - 1} more` : ports.map((port) => `:${port}`).join(' ');

interface Spot extends Box {
  readonly anchor: Label['anchor'];
}

/** Places beside a line, from its head backwards. */
function* spots(points: readonly Point[], width: number): Generator<Spot> {
  for (let index = points.length - 1; index > 0; index--) {
    const [end, start] = [points[index]!, points[index - 1]!];
    const length = Math.abs(end.x - start.x) + Math.abs(end.y - start.y);
    const [dx, dy] = [Math.sign(start.x - end.x), Math.sign(start.y - end.y)];
    for (let along = 0; along <= length; along += GRID) {
      const [x, y] = [end.x + dx * along, end.y + dy * along];
      const box = (left: number, top: number, anchor: Spot['anchor']): Spot => ({
        x: left,
        y: top,
        width,
        height: HEIGHT,
        anchor,
      });
      if (dy !== 0) yield* [box(x + GRID, y - GRID, 'start'), box(x - GRID - width, y - GRID, 'end')];
      else {
        const left = dx > 0 ? x : x - width;
        yield* [box(left, y - HEIGHT - GRID, 'middle'), box(left, y + GRID, 'middle')];
      }
    }
  }
}

function isFree(board: Board, box: Box, used: (at: number) => boolean): boolean {
  let free = true;
  cells(board, box, (at) => {
    if (used(at)) free = false;
  });
  return free;
}
const isInside = (board: Board, { x, y, width }: Box): boolean =>
  x >= 0 &&
  y >= 0 &&
  x + width <= (board.columns - 1) * GRID &&
  indexOf(board, { x: 0, y }) < board.blocked.length;
