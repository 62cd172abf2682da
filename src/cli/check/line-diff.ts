import type { Style } from '../terminal.ts';

interface Line {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** The difference of two texts as `diff -u` shows it, without its head. */
export function unifiedDiff(before: string, after: string, style: Style, context = 3): string {
  const lines = lineDiff(before.split('\n'), after.split('\n'));
  const shown = new Set<number>();
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') for (let near = index - context; near <= index + context; near++) shown.add(near);
  const out: string[] = [];
  let [old, now] = [1, 1];
  let open = false;
  for (const [index, { kind, text }] of lines.entries()) {
    if (shown.has(index)) {
      if (!open) out.push(style.cyan(`@@ -${old} +${now} @@`));
      if (kind === 'same') out.push(` ${text}`);
      else out.push(kind === 'removed' ? style.red(`-${text}`) : style.green(`+${text}`));
    }
    open = shown.has(index);
    if (kind !== 'added') old++;
    if (kind !== 'removed') now++;
  }
  return out.join('\n');
}

/** Myers' greedy algorithm, as edits are few: http://www.xmailserver.org/diff2.pdf */
function lineDiff(before: readonly string[], after: readonly string[]): Line[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  for (let steps = 0; steps <= before.length + after.length; steps++) {
    trace.push(new Map(furthest));
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      let x = comesDown(furthest, diagonal, steps)
        ? (furthest.get(diagonal + 1) ?? 0)
        : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) return walkBack(before, after, trace);
    }
  }
  return [];
}

const comesDown = (furthest: ReadonlyMap<number, number>, diagonal: number, steps: number): boolean =>
  diagonal === -steps ||
  (diagonal !== steps && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));

function walkBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const furthest = trace[steps]!;
    const diagonal = x - y;
    const from = comesDown(furthest, diagonal, steps) ? diagonal + 1 : diagonal - 1;
    const startX = steps === 0 ? 0 : (furthest.get(from) ?? 0);
    const startY = steps === 0 ? 0 : startX - from;
    while (x > startX && y > startY) {
      lines.push({ kind: 'same', text: before[x - 1]! });
      x--;
      y--;
    }
    if (steps === 0) break;
    if (x === startX) lines.push({ kind: 'added', text: after[y - 1]! });
    else lines.push({ kind: 'removed', text: before[x - 1]! });
    [x, y] = [startX, startY];
  }
  return lines.reverse();
}
