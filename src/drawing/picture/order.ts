export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** How far below its callers everything stands: callers above, circles broken where they close. */
export function ranksOf(ids: readonly string[], edges: readonly Edge[]): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges)
    if (next.has(from) && next.has(to) && from !== to) next.get(from)!.push(to);
  const height = new Map<string, number>();
  const open = new Set<string>();
  const heightOf = (id: string): number => {
    const done = height.get(id);
    if (done !== undefined) return done;
    open.add(id);
    const below = next.get(id)!.filter((other) => !open.has(other));
    const value = Math.max(-1, ...below.map(heightOf)) + 1;
    open.delete(id);
    height.set(id, value);
    return value;
  };
  for (const id of ids) heightOf(id);
  const top = Math.max(0, ...height.values());
  return new Map(ids.map((id) => [id, top - height.get(id)!]));
}

/** Rows by rank, wrapped where they are long; in a row everything stands near what it talks to. */
export function rowsOf(
  ids: readonly string[],
  ranks: ReadonlyMap<string, number>,
  edges: readonly Edge[],
): readonly (readonly (string | undefined)[])[] {
  const limit = widthFor(ids.length);
  const byRank = new Map<number, string[]>();
  for (const id of ids) byRank.set(ranks.get(id) ?? 0, [...(byRank.get(ranks.get(id) ?? 0) ?? []), id]);
  const ranked = [...byRank].sort(([a], [b]) => a - b).map(([, row]) => row);
  const width = Math.min(limit, Math.max(1, ...ranked.map((row) => row.length)));
  const neighbours = neighboursOf(edges);
  const column = new Map<string, number>();
  const wish = (id: string, index: number): number => {
    const near = (neighbours.get(id) ?? []).flatMap((other) => column.get(other) ?? []);
    return near.length > 0 ? near.reduce((sum, one) => sum + one, 0) / near.length : index % width;
  };
  let rows: (string | undefined)[][] = [];
  for (let sweep = 0; sweep < 6; sweep++) {
    const ordered = sweep % 2 === 0 ? ranked : ranked.toReversed();
    const placed = ordered.map((row) => {
      const wishes = row.map((id, index) => ({ id, index, at: wish(id, index) }));
      const sorted = wishes.toSorted((a, b) => a.at - b.at || a.index - b.index);
      const lines = wrapped(sorted, width).map((line) => fitted(line, width));
      for (const line of lines)
        for (const [at, id] of line.entries()) if (id !== undefined) column.set(id, at);
      return lines;
    });
    rows = (sweep % 2 === 0 ? placed : placed.toReversed()).flat();
  }
  return rows;
}

const widthFor = (count: number): number => (count <= 9 ? 3 : Math.ceil(Math.sqrt(count * 0.6)));

function neighboursOf(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to } of edges) {
    found.set(from, [...(found.get(from) ?? []), to]);
    found.set(to, [...(found.get(to) ?? []), from]);
  }
  return found;
}

interface Wish {
  readonly id: string;
  readonly at: number;
}
/** Full lines, and what is over in the last. */
function wrapped(sorted: readonly Wish[], width: number): readonly (readonly Wish[])[] {
  const lines = Math.ceil(sorted.length / width);
  if (lines < 2) return [sorted];
  // Neighbours stand below each other: a column is filled before the next.
  return Array.from({ length: lines }, (_, line) => sorted.filter((_item, index) => index % lines === line));
}

/** To each the column nearest to its wish, from left to right. */
function fitted(line: readonly Wish[], width: number): (string | undefined)[] {
  const row: (string | undefined)[] = Array.from({ length: width }, () => undefined);
  let free = 0;
  for (const [index, { id, at }] of line.entries()) {
    const last = width - (line.length - index);
    const place = Math.min(last, Math.max(free, Math.round(at)));
    row[place] = id;
    free = place + 1;
  }
  return row;
}
