import { type Board, cells, indexOf } from './board.ts';
import { textWidth } from './measure.ts';
import { type Box, GRID, type Label, type Point, type Wire } from './model.ts';

export const LABEL_SIZE = 11;
const HEIGHT = 2 * GRID;

/** Beside each line what it carries, where nothing else is; near its head, else anywhere along it. */
export function labelled(wires: readonly Omit<Wire, 'labels'>[], board: Board): readonly Wire[] {
  const full = Uint8Array.from(board.blocked);
  for (let at = 0; at < full.length; at++) if (board.borders[at]) full[at] = 1;
  const used = (at: number) => full[at] !== 0 || board.across[at] !== 0 || board.down[at] !== 0;
  return wires.map((wire): Wire => {
    const wanted = textsOf(wire);
    const labels = wanted.flatMap(({ text, points }) => {
      const width = Math.ceil((textWidth(text, LABEL_SIZE) + 4) / GRID) * GRID;
      const box = [...spots(points, width)].find(
        (spot) => isInside(board, spot) && isFree(board, spot, used),
      );
      const chosen = box ?? (wire.check === undefined ? undefined : onLine(points, width));
      if (!chosen) return [];
      cells(board, chosen, (at) => (full[at] = 1));
      const { anchor, ...place } = chosen;
      return [{ ...place, text, anchor, covers: box === undefined }];
    });
    return { ...wire, labels };
  });
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

/** Where there is no room it covers its own line, in the middle of its longest part. */
function onLine(points: readonly Point[], width: number): Spot | undefined {
  const parts = points.slice(1).map((end, index) => ({ start: points[index]!, end }));
  const longest = parts.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0];
  if (!longest) return undefined;
  const snap = (value: number) => Math.round(value / GRID) * GRID;
  return {
    x: snap((longest.start.x + longest.end.x) / 2 - width / 2),
    y: snap((longest.start.y + longest.end.y) / 2) - GRID,
    width,
    height: HEIGHT,
    anchor: 'middle',
  };
}
const lengthOf = ({ start, end }: { readonly start: Point; readonly end: Point }): number =>
  Math.abs(end.x - start.x) + Math.abs(end.y - start.y);

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
