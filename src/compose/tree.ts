import type { Position } from '../common/problem.ts';

/** YAML as data in which every value knows where it was written; aliases and merge keys are resolved. */
export type Tree = MapTree | ListTree | ScalarTree;
/** `!reset` takes away what files below say, `!override` replaces it: https://docs.docker.com/reference/compose-file/merge/ */
export type Mark = 'reset' | 'override';
export interface MapTree {
  readonly kind: 'map';
  readonly mark?: Mark;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly position: Position;
}
export interface Entry {
  readonly key: Position;
  readonly value: Tree;
}
export interface ListTree {
  readonly kind: 'list';
  readonly mark?: Mark;
  readonly items: readonly Tree[];
  readonly position: Position;
}
export interface ScalarTree {
  readonly kind: 'scalar';
  readonly mark?: Mark;
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.10` stays `1.10`. */
  readonly text: string;
  /** Columns from the position to the text's first character; undefined where lines are folded. */
  readonly inset?: number;
  readonly position: Position;
}

/** The same tree without what is reset. */
export function withoutReset(tree: Tree): Tree {
  if (tree.kind === 'scalar') return tree;
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.filter(({ mark }) => mark !== 'reset').map(withoutReset) };
  const entries = new Map<string, Entry>();
  for (const [name, { key, value }] of tree.entries)
    if (value.mark !== 'reset') entries.set(name, { key, value: withoutReset(value) });
  return { ...tree, entries };
}

export const isNull = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null;

export const mapOf = (
  entries: Iterable<readonly [string, Tree]>,
  position: Position,
  keys?: Position,
): MapTree => ({
  kind: 'map',
  entries: new Map([...entries].map(([name, value]) => [name, { key: keys ?? value.position, value }])),
  position,
});

export const scalar = (value: string | null, position: Position): ScalarTree => ({
  kind: 'scalar',
  value,
  text: value ?? '',
  position,
});

/** A value within nested mappings. */
export function dig(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let current = tree;
  for (const name of path) current = current?.kind === 'map' ? current.entries.get(name)?.value : undefined;
  return current;
}

/** The same tree with every scalar replaced. */
export function mapScalars(tree: Tree, change: (scalar: ScalarTree) => Tree): Tree {
  if (tree.kind === 'scalar') return change(tree);
  if (tree.kind === 'list') return { ...tree, items: tree.items.map((item) => mapScalars(item, change)) };
  const entries = new Map<string, Entry>();
  for (const [name, { key, value }] of tree.entries)
    entries.set(name, { key, value: mapScalars(value, change) });
  return { ...tree, entries };
}

/** The values alone, without positions. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  return tree.kind === 'list' ? tree.items.map(plainOf) : plainMap(tree);
}

export const plainMap = (tree: Tree): Record<string, unknown> =>
  tree.kind === 'map'
    ? Object.fromEntries([...tree.entries].map(([name, { value }]) => [name, plainOf(value)]))
    : {};

/** The same tree with what is at a path changed; `*` is every value of a mapping or list. */
export function changeAt(tree: Tree, path: readonly string[], change: (tree: Tree) => Tree): Tree {
  const [name, ...rest] = path;
  if (name === undefined) return change(tree);
  if (tree.kind === 'list')
    return name === '*' ? { ...tree, items: tree.items.map((item) => changeAt(item, rest, change)) } : tree;
  if (tree.kind === 'scalar' || (name !== '*' && !tree.entries.has(name))) return tree;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries)
    entries.set(
      key,
      name === '*' || key === name ? { ...entry, value: changeAt(entry.value, rest, change) } : entry,
    );
  return { ...tree, entries };
}
