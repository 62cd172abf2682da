import { isScalar, LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml';
import { InputError, type Position } from '../common/problem.ts';
import type { Path, PositionOf } from './path.ts';
import { nodeAt, toPlain } from './yaml-node.ts';

/**
 * The plain data of a text in JSON or YAML.
 * @throws InputError for a text that is neither
 */
export function parseText(text: string, file: string): { value: unknown; positionOf: PositionOf } {
  if (text.trimStart().startsWith('{')) {
    const value = parseJson(text);
    if (value !== undefined) return { value, positionOf: lazyPositions(text, file) };
  }
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

/** Valid JSON is read without positions, which is a hundred times faster; the first problem pays for them. */
function lazyPositions(text: string, file: string): PositionOf {
  let positionOf: PositionOf | undefined;
  return (path) => {
    if (!positionOf) {
      const { document, position } = parseYaml(text, file);
      positionOf = positions(document, position);
    }
    return positionOf(path);
  };
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
