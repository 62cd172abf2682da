import { readFileSync } from 'node:fs';

/** A reference system as it should be, and the mistakes that people made with it. */
export interface System {
  readonly name: string;
  readonly text: string;
  readonly mistakes: readonly Mistake[];
  /** Mistakes that no template tells, in the words of docs/fidelity.md. */
  readonly untold?: readonly string[];
}
/** One mistake: the template with these changes, and all that is found then. */
export interface Mistake {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly finds: readonly Expected[];
}
/** A change of one resource's text; without `to` the line goes, without `from` the whole resource. */
export interface Change {
  readonly resource: string;
  readonly from?: string;
  readonly to?: string;
}
export interface Expected {
  readonly id: string;
  readonly resource: string;
  /** What the line of the finding says, and the resource that it stands in where that is another one. */
  readonly line: string;
  readonly in?: string;
}

export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/systems/${name}.yaml`, import.meta.url), 'utf8');

/** @throws where a change finds nothing to change: a mistake that is not made proves nothing */
export function withChanges(text: string, changes: readonly Change[]): string {
  return changes.reduce((before, { resource, from, to }) => {
    const [start, end] = bounds(before, resource);
    const block = before.slice(start, end);
    if (from === undefined) return before.slice(0, start) + before.slice(end);
    if (!block.includes(from)) throw new Error(`${resource} has no ${from}`);
    const changed =
      to === undefined
        ? block.replace(new RegExp(`^.*${escaped(from)}.*\n`, 'm'), '')
        : block.replace(from, () => to);
    return before.slice(0, start) + changed + before.slice(end);
  }, text);
}

/** The line, from 1, that has these words in a resource. */
export function lineOf(text: string, resource: string, words: string): number {
  const [start, end] = bounds(text, resource);
  const at = text.slice(start, end).indexOf(words);
  if (at < 0) throw new Error(`${resource} has no ${words}`);
  return text.slice(0, start + at).split('\n').length;
}

function bounds(text: string, resource: string): readonly [number, number] {
  const start = text.search(new RegExp(`^  ${resource}:\\n`, 'm'));
  if (start < 0) throw new Error(`there is no ${resource}`);
  const next = /^ {0,2}[A-Za-z#]/m.exec(text.slice(start + 2 + resource.length));
  return [start, next ? start + 2 + resource.length + next.index : text.length];
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
