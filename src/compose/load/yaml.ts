import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { InputError, type Position, type Problem } from '../../common/problem.ts';
import type { Entry, Mark, Tree } from '../tree.ts';

/** More nodes than any project has; fewer than a "billion laughs" of aliases would make. */
const MOST_NODES = 200_000;

/** Deeper than any project is; not as deep as the stack of calls. */
const MOST_DEPTH = 100;
/** Bytes of a file, nearly; the longest compose files have a hundredth of it. */
const MOST_CHARACTERS = 1_000_000;
/** One cause makes many: the first are enough to find it. */
const MOST_ERRORS = 3;

/** Reads YAML with positions; what is wrong goes to `problems`. Undefined where there is nothing to go on with. */
export function readYaml(text: string, file: string, problems: Problem[]): Tree | undefined {
  const start: Position = { file, line: 1, column: 1 };
  const tooLarge = (message: string, position: Position, fix: string) => {
    problems.push({ code: 'compose-too-large', message, position, fix });
    return undefined;
  };
  if (text.length > MOST_CHARACTERS)
    return tooLarge(
      `the file has ${text.length} characters, more than ${MOST_CHARACTERS}`,
      start,
      'is it a compose file? Divide it with `include` if so',
    );
  try {
    return parseYaml(text, file, problems);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return tooLarge('the file is nested too deep to be read', start, 'write it flatter');
  }
}

function parseYaml(text: string, file: string, problems: Problem[]): Tree | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // The parser catches its own.
  if (document.errors.some(({ message }) => /call stack/i.test(message))) throw new RangeError('call stack');
  for (const error of document.errors.slice(0, MOST_ERRORS))
    problems.push({
      code: 'compose-yaml',
      message: `broken YAML: ${lowerFirst(error.message)}`,
      position: place(error.pos[0]),
      fix: YAML_FIXES[error.code] ?? 'correct the YAML of this line or of the one above it',
    });
  if (document.errors.length > 0) return undefined;
  let nodes = 0;
  const open = new Set<Node>();
  const anchors = new Map<string, Node>();
  const start: Position = { file, line: 1, column: 1 };
  return document.contents === null ? undefined : convert(document.contents, start);

  function convert(node: Node | null, fallback: Position): Tree {
    if (++nodes > MOST_NODES)
      throw new InputError([
        {
          code: 'compose-too-large',
          message: `the file unfolds to more than ${MOST_NODES} values`,
          position: fallback,
          fix: 'use fewer aliases of aliases',
        },
      ]);
    if (node === null) return { kind: 'scalar', value: null, text: '', position: fallback };
    const position = node.range ? place(node.range[0]) : fallback;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target && !open.has(target)) return convert(target, position);
      problems.push({
        code: 'compose-alias',
        message: `*${node.source} ${target ? 'contains itself' : 'names no anchor'}`,
        position,
        fix: `write &${node.source} before the value that is meant`,
      });
      return { kind: 'scalar', value: null, text: '', position };
    }
    if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    const mark = markOf(node, position);
    if (open.size > MOST_DEPTH) throw tooDeep(position);
    open.add(node);
    const tree = convertPlain(node, position, fallback);
    open.delete(node);
    return mark ? { ...tree, mark } : tree;
  }

  function convertPlain(node: Node, position: Position, fallback: Position): Tree {
    if (isMap(node)) return { kind: 'map', entries: entriesOf(node, position), position };
    if (isSeq(node))
      return {
        kind: 'list',
        items: node.items.map((item) => convert(item as Node | null, position)),
        position,
      };
    if (!isScalar(node)) throw new TypeError('YAML node of an unknown kind');
    const value = node.value;
    if (value === null) return { kind: 'scalar', value, text: '', position: fallback };
    const plain = typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
    const folded =
      node.type === 'BLOCK_FOLDED' ||
      node.type === 'BLOCK_LITERAL' ||
      String(node.source ?? '').includes('\n');
    return {
      kind: 'scalar',
      value: plain,
      text: typeof plain === 'string' ? plain : (node.source ?? String(plain)),
      ...(folded ? {} : { inset: node.type === 'PLAIN' ? 0 : 1 }),
      position,
    };
  }

  function entriesOf(map: YAMLMap, position: Position): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    const merged: Tree[] = [];
    for (const { key, value } of map.items as { key: Node | null; value: Node | null }[]) {
      const at = key?.range ? place(key.range[0]) : position;
      if (!isScalar(key) || key.value === null) {
        problems.push({
          code: 'compose-key',
          message: 'a key is no plain text',
          position: at,
          fix: 'write the key as text',
        });
        continue;
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
      const tree = convert(value, at);
      if (name === '<<' && key.type === 'PLAIN') {
        merged.push(...(tree.kind === 'list' ? tree.items : [tree]));
        continue;
      }
      const first = entries.get(name);
      if (first)
        problems.push({
          code: 'compose-duplicate-key',
          message: `${name} is written twice, first in line ${first.key.line}`,
          position: at,
          fix: 'keep one of the two',
        });
      else entries.set(name, { key: at, value: tree });
    }
    // https://yaml.org/type/merge.html: what is written here wins, then the earlier of several.
    for (const tree of merged) {
      if (tree.kind === 'map')
        for (const [name, entry] of tree.entries) if (!entries.has(name)) entries.set(name, entry);
      if (tree.kind !== 'map')
        problems.push({
          code: 'compose-merge-key',
          message: '<< takes a mapping or a list of mappings',
          position: tree.position,
          fix: 'write `<<: *anchor` with the anchor of a mapping',
        });
    }
    return entries;
  }

  function markOf(node: Node, position: Position): Mark | undefined {
    const { tag } = node;
    if (tag === undefined || tag.startsWith('tag:yaml.org,2002:')) return undefined;
    if (tag === '!reset') return 'reset';
    if (tag === '!override') return 'override';
    problems.push({
      code: 'compose-tag',
      message: `the tag ${tag} is not enacted`,
      position,
      fix: /^!(Ref|Sub|GetAtt|Join|If|Select)$/.test(tag)
        ? `write the long form: {${tag === '!Ref' ? 'Ref' : `Fn::${tag.slice(1)}`}: …}`
        : 'remove the tag; those of compose are !reset and !override',
    });
    return undefined;
  }
}

const tooDeep = (position: Position) =>
  new InputError([
    {
      code: 'compose-too-large',
      message: `the file unfolds to more than ${MOST_DEPTH} levels`,
      position,
      fix: 'use fewer aliases within aliases',
    },
  ]);

const YAML_FIXES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks, not with tabs',
  BAD_INDENT: 'indent this line as its neighbours are',
  MISSING_CHAR: 'write what is missing, or close the quote or bracket',
  MULTIPLE_DOCS: 'keep one document in the file; give the others as files of their own',
};

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
