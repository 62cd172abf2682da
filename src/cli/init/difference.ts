/** A line of the new text that the old one does not have, and what stood there. */
export interface ChangedLine {
  readonly line: number;
  readonly text: string;
  readonly old?: string;
}

/** What was added and what was put in the place of another, as a diff shows it. */
export function changedLines(before: string, after: string): readonly ChangedLine[] {
  const [old, made] = [before, after].map((text) => text.replace(/\n$/, '').split('\n')) as [
    string[],
    string[],
  ];
  const changed: ChangedLine[] = [];
  let [from, at] = [0, 0];
  for (const [madeLine, oldLine] of [...commonLines(old, made), [made.length, old.length] as const]) {
    const gone = old.slice(from, oldLine).filter((text) => text !== '');
    for (const [offset, text] of made.slice(at, madeLine).entries()) {
      const left = made.slice(at + offset + 1, madeLine);
      const [first] = gone;
      const grew =
        first !== undefined && (grewInto(first, text) || !left.some((one) => grewInto(first, one)));
      changed.push({ line: at + offset + 1, text, ...(grew ? { old: gone.shift()! } : {}) });
    }
    [from, at] = [oldLine + 1, madeLine + 1];
  }
  return changed;
}

/** Whether a line is another one with something put into it. */
function grewInto(before: string, after: string): boolean {
  let index = 0;
  for (const character of after) if (character === before[index]) index++;
  return index === before.length;
}

/** The longest run of lines that both have, in order: line of the new text to line of the old. */
function commonLines(old: readonly string[], made: readonly string[]): ReadonlyMap<number, number> {
  const lengths = Array.from({ length: old.length + 1 }, () => made.map(() => 0));
  const length = (a: number, b: number) => lengths[a]?.[b] ?? 0;
  for (let a = old.length - 1; a >= 0; a--)
    for (let b = made.length - 1; b >= 0; b--)
      lengths[a]![b] =
        old[a] === made[b] ? length(a + 1, b + 1) + 1 : Math.max(length(a + 1, b), length(a, b + 1));
  const pairs = new Map<number, number>();
  for (let a = 0, b = 0; a < old.length && b < made.length;)
    if (old[a] === made[b]) pairs.set(b++, a++);
    else if (length(a + 1, b) >= length(a, b + 1)) a++;
    else b++;
  return pairs;
}
