import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { OperationError } from '../../common/problem.ts';
import type { Line } from '../../architect/questions.ts';

/** A text with lines added to it; every byte that was there stays as it was. */
export function withLines(text: string, lines: readonly Line[]): string {
  return lines.reduce(withLine, text);
}

/** An alias, a tag or a value of another kind stands there. */
const noPlace = ({ file, path, key, value: content }: Line) =>
  new OperationError({
    code: 'init-place',
    message: `there is no place in ${file} for ${[...path, key].join('.')}`,
    fix: `write it by hand: ${[...path, key].join('.')}: ${String(content)}`,
  });

/** One at a time: the next one sees what the last one made. */
function withLine(text: string, line: Line): string {
  const root = parseDocument(text, { merge: true }).contents;
  if (!isMap(root)) throw noPlace(line);
  return insert(text, root as YAMLMap, line.path, line);
}

function insert(text: string, map: YAMLMap, path: readonly string[], line: Line): string {
  const [name, ...rest] = path;
  if (name === undefined) return setIn(text, map, line);
  const pair = pairOf(map, name);
  if (!pair) return addPair(text, map, `${quoted(name)}: ${flow(rest, line)}`);
  if (isMap(pair.value)) return insert(text, pair.value as YAMLMap, rest, line);
  if (pair.value && !isEmpty(pair.value)) throw noPlace(line);
  return afterKey(text, pair, flow(rest, line));
}

function setIn(text: string, map: YAMLMap, line: Line): string {
  const pair = pairOf(map, line.key);
  if (!pair) return addPair(text, map, `${line.key}: ${value(line)}`);
  const list = pair.value;
  if (!line.list || !isSeq(list)) {
    if (!list || isEmpty(list)) return afterKey(text, pair, value(line));
    throw noPlace(line);
  }
  const [start] = list.range!;
  if (text[start] === '[') {
    const last = list.items.at(-1) as Node | undefined;
    return last
      ? splice(text, last.range![1], `, ${scalar(line.value)}`)
      : splice(text, start + 1, scalar(line.value));
  }
  const column = start - lineStart(text, start);
  return splice(text, start, `- ${scalar(line.value)}\n${' '.repeat(column)}`);
}

/** As the first of a mapping: its place is known, where its end may be followed by comments. */
function addPair(text: string, map: YAMLMap, pair: string): string {
  const [start] = map.range!;
  if (text[start] === '{') return splice(text, start + 1, map.items.length > 0 ? `${pair}, ` : pair);
  const first = (map.items[0]!.key as Node).range![0];
  const column = first - lineStart(text, first);
  return splice(text, first, `${pair}\n${' '.repeat(column)}`);
}

function afterKey(text: string, { key }: Pair, content: string): string {
  const end = (key as Node).range![1];
  const colon = text.indexOf(':', end);
  return splice(text, colon + 1, ` ${content}`);
}

/** `{x-aws: {calls: ["a:1"]}}` for what is not there yet. */
function flow(path: readonly string[], line: Line): string {
  const [name, ...rest] = path;
  return name === undefined ? `{${line.key}: ${value(line)}}` : `{${quoted(name)}: ${flow(rest, line)}}`;
}

const value = (line: Line): string => (line.list ? `[${scalar(line.value)}]` : scalar(line.value));
const scalar = (content: string | boolean): string =>
  typeof content === 'string' && /[:\s]|^\d/.test(content) ? `'${content}'` : String(content);
const quoted = (name: string): string => (/^[A-Za-z_][\w.-]*$/.test(name) ? name : `'${name}'`);

const pairOf = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
const isEmpty = (node: unknown): boolean => isScalar(node) && node.value === null;
const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
const splice = (text: string, offset: number, added: string): string =>
  text.slice(0, offset) + added + text.slice(offset);

/** What was added, as a diff shows it: lines of the new text that the old one does not have in their place. */
export function addedLines(
  before: string,
  after: string,
): readonly { line: number; text: string; old?: string }[] {
  const old = before.split('\n');
  const added: { line: number; text: string; old?: string }[] = [];
  let index = 0;
  for (const [number, text] of after.split('\n').entries()) {
    if (text === old[index]) index++;
    else {
      const grew = old[index] !== undefined && old[index] !== '' && grewInto(old[index]!, text);
      added.push({ line: number + 1, text, ...(grew ? { old: old[index]! } : {}) });
      if (grew) index++;
    }
  }
  return added;
}

/** Whether a line is another one with something put into it. */
function grewInto(before: string, after: string): boolean {
  let index = 0;
  for (const character of after) if (character === before[index]) index++;
  return index === before.length;
}
