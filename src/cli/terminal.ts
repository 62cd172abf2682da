import type { WriteStream } from 'node:tty';

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether `err` is a terminal that can be drawn on again. */
  readonly interactive: boolean;
  readonly columns: () => number;
  readonly style: Style;
  /** The same for what goes to `out`. */
  readonly outStyle: Style;
}

/** Colours, or plain text where none are wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

function styleOf(colour: boolean): Style {
  const paint =
    ([on, off]: readonly [number, number]) =>
    (text: string) =>
      colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(CODES.bold),
    dim: paint(CODES.dim),
    red: paint(CODES.red),
    green: paint(CODES.green),
    yellow: paint(CODES.yellow),
    cyan: paint(CODES.cyan),
  };
}

/** https://no-color.org */
export function createTerminal(
  out: WriteStream | NodeJS.WriteStream,
  err: WriteStream | NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const colours = (stream: { isTTY?: boolean }) => {
    if (env.NO_COLOR) return false;
    if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
    return stream.isTTY === true && env.TERM !== 'dumb';
  };
  return {
    out: (text) => void out.write(text),
    err: (text) => void err.write(text),
    interactive: err.isTTY === true && env.TERM !== 'dumb' && !env.CI,
    columns: () => err.columns ?? 100,
    style: styleOf(colours(err)),
    outStyle: styleOf(colours(out)),
  };
}

/** Columns padded to their widest cell; cells may hold colour codes. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, visibleLength(cell))));
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          index === row.length - 1 ? cell : cell + ' '.repeat(widths[index]! - visibleLength(cell)),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

// oxlint-disable-next-line no-control-regex -- colour codes begin with a control character
const COLOUR = /\u001b\[\d+m/g;
export const visibleLength = (text: string): number => [...text.replace(COLOUR, '')].length;

/** `1.4 s`, `340 ms`, `2 min 5 s` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
