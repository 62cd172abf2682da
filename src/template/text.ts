import { isScalar, LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml';
import { InputError, type Position } from '../common/problem.ts';
import type { Path, PositionOf } from './path.ts';
import { jsonPlaces } from './json-places.ts';
import { quickYaml, type Place } from './quick-yaml.ts';
import { nodeAt, toPlain } from './yaml-node.ts';

/**
 * The plain data of a text in JSON or YAML.
 * @throws InputError for a text that is neither
 */
export function parseText(text: string, file: string): { value: unknown; positionOf: PositionOf } {
  if (text.trimStart().startsWith('{')) {
    const value = parseJson(text);
    if (value !== undefined) return { value, positionOf: lazily(() => jsonPlaces(text), text, file) };
  } else {
    const quick = quickYaml(text, false);
    if (quick)
      return { value: quick.value, positionOf: lazily(() => quickYaml(text, true)?.place, text, file) };
  }
  return parseWhole(text, file);
}

/** The same by the whole parser, which knows all of YAML. */
export function parseWhole(text: string, file: string): { value: unknown; positionOf: PositionOf } {
  const { document, position } = parseYaml(text, file);
  const error = document.errors[0];
  if (error) {
    const language = text.trimStart().startsWith('{') ? 'JSON' : 'YAML';
    throw new InputError([
      {
        code: 'template-not-well-formed',
        message: `Template format error: ${language} not well-formed. ${error.message}`,
        position: position(error.pos[0]),
      },
    ]);
  }
  return { value: toPlain(document, position), positionOf: positions(document, position) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

interface Yaml {
  readonly document: Document.Parsed;
  readonly position: (offset: number) => Position;
}

function parseYaml(text: string, file: string): Yaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  return {
    document,
    position(offset) {
      const { line, col } = lineCounter.linePos(offset);
      return { file, line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

/** What is well-formed is read without positions; the first problem pays for them. */
function lazily(places: () => Place | undefined, text: string, file: string): PositionOf {
  let found: { readonly root: Place; readonly lines: readonly number[] } | undefined;
  return (path) => {
    const shallow = path.length === 1 && !found ? sectionAt(text, String(path[0])) : undefined;
    if (shallow !== undefined) return { file, ...shallow };
    found ??= { root: places() ?? { at: 0 }, lines: lineStarts(text) };
    return positionAt(placeOf(found.root, path), found.lines, file);
  };
}

/** Where a section of a YAML text begins, which needs no parser: keys at the edge of a well-formed block are its own. */
function sectionAt(text: string, key: string): Omit<Position, 'file'> | undefined {
  if (/^\s*\{/.test(text) || !/^\w+$/.test(key)) return undefined;
  const at = text.startsWith(`${key}:`) ? 0 : text.indexOf(`\n${key}:`) + 1;
  if (!text.startsWith(`${key}:`, at)) return undefined;
  let line = 1;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return { line, column: 1 };
}

/** The place of a path; where it is missing, of its nearest ancestor. */
function placeOf(root: Place, path: Path): number {
  let place = root;
  for (const step of path) {
    if (place.short === step) {
      const { short: _passed, ...argument } = place;
      place = argument;
      continue;
    }
    const member = place.short === undefined ? place.members?.get(step) : undefined;
    if (!member) break;
    place = member;
  }
  return place.at;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function positionAt(offset: number, starts: readonly number[], file: string): Position {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return { file, line: low + 1, column: offset - starts[low]! + 1 };
}

function positions(
  document: Document.Parsed,
  position: (offset: number) => Position,
): (path: Path) => Position {
  return (path) => {
    const node: ParsedNode | null = nodeAt(document, path);
    const start = node?.range[0] ?? 0;
    // A tagged scalar's range begins after its tag: the line is right, which is what matters.
    return position(isScalar(node) ? (node.range[0] ?? start) : start);
  };
}
