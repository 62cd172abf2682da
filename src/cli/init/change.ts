import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';
import type { Change, ItemChange, Line, PairChange, Value } from '../../architect/questions/model.ts';
import { OperationError } from '../../common/problem.ts';

/** A text with changes made; every byte that they do not speak of stays as it was. */
export function withChanges(text: string, changes: readonly Change[]): string {
  // Places are those of the text as it was read: the last comes first.
  const mounts = changes
    .flatMap((change) => (change.kind === 'mount' ? [change] : []))
    .sort((a, b) => b.at.line - a.at.line || b.at.column - a.at.column);
  const others = changes.filter((change) => change.kind !== 'mount');
  // One at a time: the next one sees what the last one made.
  return others.reduce(
    (made, change) => (change.kind === 'line' ? withLine(made, change) : withPair(made, change)),
    mounts.reduce(withMount, text),
  );
}

/** An alias, a tag or a value of another kind stands there. */
const noPlace = (file: string, what: string, written: string) =>
  new OperationError({
    code: 'init-place',
    message: `there is no place in ${file} for ${what}`,
    fix: `write it by hand: ${what}: ${written}`,
  });
const noPlaceFor = ({ file, path, key, value }: Line) =>
  noPlace(file, [...path, key].join('.'), flowOf(value));

function rootOf(text: string): YAMLMap | undefined {
  const root = parseDocument(text, { merge: true }).contents;
  return isMap(root) ? (root as YAMLMap) : undefined;
}

function withLine(text: string, line: Line): string {
  const root = rootOf(text);
  if (!root) throw noPlaceFor(line);
  return insert(text, root, line.path, line);
}

function insert(text: string, map: YAMLMap, path: readonly string[], line: Line): string {
  const [name, ...rest] = path;
  if (name === undefined) return setIn(text, map, line);
  const pair = pairOf(map, name);
  if (!pair)
    return map.range![0] === rootOf(text)!.range![0] && text[map.range![0]] !== '{'
      ? addSection(text, name, rest, line)
      : addPair(text, map, `${quoted(name)}: ${flow(rest, line)}`);
  if (isMap(pair.value)) return insert(text, pair.value as YAMLMap, rest, line);
  if (pair.value && !isEmpty(pair.value)) throw noPlaceFor(line);
  return afterKey(text, pair, flow(rest, line));
}

function setIn(text: string, map: YAMLMap, line: Line): string {
  const pair = pairOf(map, line.key);
  if (!pair) return addPair(text, map, `${quoted(line.key)}: ${valueOf(line)}`);
  const list = pair.value;
  if (!line.list || !isSeq(list)) {
    if (!list || isEmpty(list)) return afterKey(text, pair, valueOf(line));
    throw noPlaceFor(line);
  }
  const [start] = list.range!;
  if (text[start] === '[') {
    const last = list.items.at(-1) as Node | undefined;
    return last
      ? splice(text, last.range![1], `, ${flowOf(line.value)}`)
      : splice(text, start + 1, flowOf(line.value));
  }
  const column = start - lineStart(text, start);
  return splice(text, start, `- ${flowOf(line.value)}\n${' '.repeat(column)}`);
}

/** As the first of a mapping: its place is known, where its end may be followed by comments. */
function addPair(text: string, map: YAMLMap, pair: string): string {
  const [start] = map.range!;
  if (text[start] === '{') return splice(text, start + 1, map.items.length > 0 ? `${pair}, ` : pair);
  const first = (map.items[0]!.key as Node).range![0];
  const column = first - lineStart(text, first);
  return splice(text, first, `${pair}\n${' '.repeat(column)}`);
}

/** A section of the file: at its end. */
function addSection(text: string, name: string, [item, ...rest]: readonly string[], line: Line): string {
  const end = text.endsWith('\n') ? text : `${text}\n`;
  const content =
    item === undefined ? `${line.key}: ${valueOf(line)}` : `${quoted(item)}: ${flow(rest, line)}`;
  return `${end}\n${quoted(name)}:\n  ${content}\n`;
}

function afterKey(text: string, { key }: Pair, content: string): string {
  const end = (key as Node).range![1];
  const colon = text.indexOf(':', end);
  return splice(text, colon + 1, ` ${content}`);
}

/** `image: a:1` → `build: {context: .}` */
function withPair(text: string, { file, path, key, by, value }: PairChange): string {
  const written = `${by}: ${flowOf(value)}`;
  let map = rootOf(text);
  for (const name of path) {
    const next = map && pairOf(map, name)?.value;
    map = isMap(next) ? (next as YAMLMap) : undefined;
  }
  const pair = map && pairOf(map, key);
  if (!pair || !isScalar(pair.value)) throw noPlace(file, [...path, by].join('.'), flowOf(value));
  return replace(text, (pair.key as Node).range![0], pair.value.range![1], written);
}

/** A bind mount, in its short form or its long one, becomes a volume. */
function withMount(text: string, { file, at, volume, target, readonly }: ItemChange): string {
  const start = offsetOf(text, at);
  const short = `${volume}:${target}${readonly ? ':ro' : ''}`;
  let made: string | undefined;
  visit(parseDocument(text), {
    Scalar(_key, node, path) {
      if (node.range?.[0] !== start) return undefined;
      const parent = path.at(-1);
      if (isSeq(parent)) made = replace(text, node.range[0], node.range[1], quotedAs(text[start]!, short));
      else {
        const map = path.at(-2);
        const type = isMap(map) ? pairOf(map as YAMLMap, 'type')?.value : undefined;
        const options = isMap(map) && pairOf(map as YAMLMap, 'bind');
        if (!isScalar(type) || options) return visit.BREAK;
        const edits: readonly (readonly [range: readonly number[], value: string])[] = [
          [node.range, volume],
          [type.range!, 'volume'],
        ];
        made = [...edits]
          .sort(([a], [b]) => b[0]! - a[0]!)
          .reduce((result, [range, value]) => replace(result, range[0]!, range[1]!, value), text);
      }
      return visit.BREAK;
    },
  });
  if (made === undefined) throw noPlace(file, `the volume ${volume}`, short);
  return made;
}

const quotedAs = (first: string, content: string): string =>
  first === '"' || first === "'" ? `${first}${content}${first}` : content;

function offsetOf(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  let offset = 0;
  for (let number = 1; number < line; number++) offset = text.indexOf('\n', offset) + 1;
  return offset + column - 1;
}

/** `{x-aws: {calls: ["a:1"]}}` for what is not there yet. */
function flow(path: readonly string[], line: Line): string {
  const [name, ...rest] = path;
  return name === undefined
    ? `{${quoted(line.key)}: ${valueOf(line)}}`
    : `{${quoted(name)}: ${flow(rest, line)}}`;
}

const valueOf = (line: Line): string => (line.list ? `[${flowOf(line.value)}]` : flowOf(line.value));

function flowOf(value: Value | readonly string[]): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, content]) => `${key}: ${flowOf(content)}`)
    .join(', ')}}`;
}

const scalar = (content: string): string => {
  if (/[\n"\\]/.test(content)) return JSON.stringify(content);
  return /[:\s'#,[\]{}]|^[\d&*!|>%@`-]/.test(content) ? `'${content.replaceAll("'", "''")}'` : content;
};
const quoted = (name: string): string => (/^[A-Za-z_][\w.-]*$/.test(name) ? name : `'${name}'`);

const pairOf = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
const isEmpty = (node: unknown): boolean => isScalar(node) && node.value === null;
const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
const splice = (text: string, offset: number, added: string): string => replace(text, offset, offset, added);
const replace = (text: string, from: number, to: number, by: string): string =>
  text.slice(0, from) + by + text.slice(to);
