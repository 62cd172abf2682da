import { nearest } from '../common/nearest.ts';
import type { Position, Problem } from '../common/problem.ts';
import type { Located, Notice } from './app.ts';
import { isNull, type ListTree, type MapTree, type ScalarTree, type Tree } from './tree.ts';
import { readBytes, readSeconds, splitCommand } from './values.ts';

/** What is found while reading; everything is collected, so that one run tells of all that is wrong. */
export interface Findings {
  readonly problems: Problem[];
  readonly notices: Notice[];
}

/** A value and how it is called in messages: `services.api.ports`. */
export interface Field {
  readonly tree: Tree;
  readonly name: string;
}

/** A key of a mapping; undefined where it is absent or null. */
export function field(parent: Field | undefined, key: string): Field | undefined {
  const tree = parent?.tree.kind === 'map' ? parent.tree.entries.get(key)?.value : undefined;
  return parent && tree && !isNull(tree) ? { tree, name: `${parent.name}.${key}` } : undefined;
}

export function wrong(
  found: Findings,
  position: Position,
  message: string,
  fix: string,
  code = 'compose-value',
): void {
  found.problems.push({ code, message: shortened(message), position, fix: shortened(fix) });
}

/** A wrong value may be a whole file. */
const shortened = (text: string) => (text.length > 600 ? `${text.slice(0, 600)}…` : text);

const KIND = { map: 'a mapping', list: 'a list', scalar: 'a single value' } as const;

function mistyped(found: Findings, { tree, name }: Field, expected: string): undefined {
  wrong(found, tree.position, `${name} is ${KIND[tree.kind]}`, `write ${expected}`, 'compose-type');
}

export function mapping(found: Findings, at: Field | undefined): MapTree | undefined {
  if (!at) return undefined;
  return at.tree.kind === 'map' ? at.tree : mistyped(found, at, 'a mapping of keys and values');
}

export function list(found: Findings, at: Field | undefined): ListTree['items'] {
  if (!at) return [];
  return at.tree.kind === 'list' ? at.tree.items : (mistyped(found, at, 'a list'), []);
}

function single(found: Findings, at: Field | undefined, expected: string): ScalarTree | undefined {
  if (!at) return undefined;
  return at.tree.kind === 'scalar' ? at.tree : mistyped(found, at, expected);
}

export function text(found: Findings, at: Field | undefined): Located<string> | undefined {
  const value = single(found, at, 'a text');
  return value && { value: value.text, position: value.position };
}

/** Reads a value by `parse`, which gives undefined for what it does not understand. */
export function parsed<T>(
  found: Findings,
  at: Field | undefined,
  parse: (text: string) => T | undefined,
  expected: string,
): Located<T> | undefined {
  const value = single(found, at, expected);
  if (!value || !at) return undefined;
  const result = parse(value.text.trim());
  if (result !== undefined) return { value: result, position: value.position };
  wrong(found, value.position, `${at.name} is ${JSON.stringify(value.text)}`, `write ${expected}`);
  return undefined;
}

export const integer = (found: Findings, at: Field | undefined, least = 0, most = Number.MAX_SAFE_INTEGER) =>
  parsed(
    found,
    at,
    (value) =>
      /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined,
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
  );

export const decimal = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) => (/^\d*\.?\d+$/.test(value) && Number(value) > 0 ? Number(value) : undefined),
    "a number above 0, for example '0.5'",
  );

export const flag = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) =>
      /^(true|yes|y|on)$/i.test(value) ? true : /^(false|no|n|off)$/i.test(value) ? false : undefined,
    'true or false',
  );

export const seconds = (found: Findings, at: Field | undefined) =>
  parsed(found, at, readSeconds, 'a duration, for example 1m30s');

/** MiB, rounded up. */
export const memory = (found: Findings, at: Field | undefined) =>
  parsed(
    found,
    at,
    (value) => {
      const bytes = readBytes(value);
      return bytes === undefined || bytes === 0 ? undefined : Math.ceil(bytes / 1_048_576);
    },
    'a size above 0, for example 512m',
  );

export const choice = <T extends string>(found: Findings, at: Field | undefined, options: readonly T[]) => {
  const value = single(found, at, options.join(', '));
  if (!value || !at) return undefined;
  const match = options.find((option) => option === value.text);
  if (match) return { value: match, position: value.position };
  const near = nearest(value.text, options);
  wrong(
    found,
    value.position,
    `${at.name} is ${JSON.stringify(value.text)}`,
    near ? `write ${near}` : `write one of ${options.join(', ')}`,
  );
  return undefined;
};

/** A list of texts; a single text stands for a list of one. */
export function texts(found: Findings, at: Field | undefined): Located<string>[] {
  if (!at) return [];
  const items = at.tree.kind === 'scalar' ? [at.tree] : list(found, at);
  return items.flatMap((tree, index) => text(found, { tree, name: `${at.name}[${index}]` }) ?? []);
}

/** A command: a list as it is, a text split as a shell would. */
export function command(found: Findings, at: Field | undefined): Located<readonly string[]> | undefined {
  if (!at) return undefined;
  const { position } = at.tree;
  if (at.tree.kind === 'list') return { value: texts(found, at).map(({ value }) => value), position };
  return parsed(found, at, splitCommand, 'a command whose quotes are closed, or a list');
}
