import { type Box, GRID, type Point } from './model.ts';
import type { Placed } from './place.ts';

/** Directions: right, down, left, up. */
export const DX = [1, 0, -1, 0] as const;
export const DY = [0, 1, 0, -1] as const;
export const opposite = (direction: number): number => (direction + 2) % 4;

/** The grid on which lines run: what stands in the way, and which line is where. Points are indices. */
export interface Board {
  readonly columns: number;
  readonly rows: number;
  /** Boxes and texts. */
  readonly blocked: Uint8Array;
  /** Borders run here: lines cross them and do not run on them. 1: across, 2: down. */
  readonly borders: Uint8Array;
  /** What it costs to be here. */
  readonly dear: Uint8Array;
  /** The net that runs here, across and down; 0: none. */
  readonly across: Int32Array;
  readonly down: Int32Array;
  /** A net bends, branches or ends here: nobody else may pass. */
  readonly taken: Int32Array;
}

export function boardOf({ frames, nodes, texts, width, height }: Placed): Board {
  const columns = Math.ceil(width / GRID) + 1;
  const rows = Math.ceil(height / GRID) + 1;
  const size = columns * rows;
  const board: Board = {
    columns,
    rows,
    blocked: new Uint8Array(size),
    borders: new Uint8Array(size),
    dear: new Uint8Array(size),
    across: new Int32Array(size),
    down: new Int32Array(size),
    taken: new Int32Array(size),
  };
  // Beyond the last column the first one of the next row would follow.
  for (let row = 0; row < rows; row++)
    board.blocked[row * columns] = board.blocked[row * columns + columns - 1] = 1;
  board.blocked.fill(1, 0, columns);
  board.blocked.fill(1, size - columns);
  for (const frame of frames) border(board, frame);
  for (const box of nodes) {
    for (const [distance, cost] of [
      [2, 1],
      [1, 4],
    ] as const)
      cells(board, grown(box, distance * GRID), (at) => (board.dear[at] = Math.max(board.dear[at]!, cost)));
    cells(board, box, (at) => (board.blocked[at] = 1));
  }
  for (const box of texts) cells(board, box, (at) => (board.blocked[at] = 1));
  return board;
}

export const pointOf = ({ columns }: Board, at: number): Point => ({
  x: (at % columns) * GRID,
  y: Math.floor(at / columns) * GRID,
});
export const indexOf = ({ columns }: Board, { x, y }: Point): number => (y / GRID) * columns + x / GRID;
export const step = ({ columns }: Board, at: number, direction: number): number =>
  at + DX[direction]! + DY[direction]! * columns;

const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** Every point in a box, its border included. */
export function cells({ columns, rows }: Board, box: Box, visit: (at: number) => void): void {
  const left = Math.max(0, Math.ceil(box.x / GRID));
  const right = Math.min(columns - 1, Math.floor((box.x + box.width) / GRID));
  const top = Math.max(0, Math.ceil(box.y / GRID));
  const bottom = Math.min(rows - 1, Math.floor((box.y + box.height) / GRID));
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) visit(row * columns + column);
}

function border(board: Board, { x, y, width, height }: Box): void {
  const mark = (box: Box, bit: number) => cells(board, box, (at) => (board.borders[at]! |= bit));
  mark({ x, y, width, height: 0 }, 1);
  mark({ x, y: y + height, width, height: 0 }, 1);
  mark({ x, y, width: 0, height }, 2);
  mark({ x: x + width, y, width: 0, height }, 2);
}
