import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type ParsedNode } from 'yaml';
import { InputError, type Position } from '../common/problem.ts';
import type { Path } from './path.ts';

const prefixed = [
  'Base64',
  'Cidr',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'Equals',
  'And',
  'Or',
  'Not',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
  'Transform',
  'GetStackOutput',
  'Contains',
  'EachMemberEquals',
  'EachMemberIn',
  'RefAll',
  'ValueOf',
  'ValueOfAll',
];
/** `!Sub` → `Fn::Sub`; `!Ref` and `!Condition` keep their names. */
export const shortForms: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...prefixed.map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

/** More nodes than any template of 1 MB has: aliases that multiply themselves end here. */
const nodeLimit = 500_000;

/** The plain data of a document, short intrinsics written out. */
export function toPlain(document: Document.Parsed, position: (offset: number) => Position): unknown {
  let count = 0;

  function fail(node: ParsedNode, code: string, message: string, fix?: string): never {
    throw new InputError([{ code, message, position: position(node.range[0]), fix }]);
  }
  function plain(node: ParsedNode | null): unknown {
    if (node === null) return null;
    if (++count > nodeLimit)
      fail(node, 'template-too-many-nodes', `Template format error: more than ${nodeLimit} nodes.`);
    if (isAlias(node)) {
      const named = node.resolve(document) as ParsedNode | undefined;
      const message = `Template format error: YAML not well-formed. nothing before has the anchor &${node.source}`;
      return named
        ? plain(named)
        : fail(node, 'template-not-well-formed', message, `write &${node.source} where it is defined`);
    }
    const value = untagged(node);
    const tag = node.tag;
    if (!tag?.startsWith('!') || tag === '!') return value;
    const name = shortForms.get(tag);
    if (!name)
      return fail(
        node,
        'template-unknown-tag',
        `Template format error: YAML not well-formed. unknown tag ${tag}`,
        `the short forms are ${[...shortForms.keys()].join(', ')}; other functions are written as Fn::Name`,
      );
    return { [name]: name === 'Fn::GetAtt' ? attributePair(value) : value };
  }
  function untagged(node: ParsedNode): unknown {
    if (isScalar(node)) return scalar(node.value, node.source);
    if (isSeq(node)) return node.items.map((item) => plain(item as ParsedNode));
    if (!isMap(node)) return null;
    const record: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      if (!isScalar(key))
        return fail(
          node,
          'template-not-well-formed',
          'Template format error: YAML not well-formed. a key must be text',
        );
      define(record, String(key.source ?? key.value), plain(value as ParsedNode | null));
    }
    return record;
  }
  return plain(document.contents);
}

/** `__proto__` is a key like any other. */
function define(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
  else record[key] = value;
}

/** Numbers whose text says more than their value (012345678901, 1.10) stay text. */
function scalar(value: unknown, source: string | undefined): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? source : value;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-getatt.html */
export function attributePair(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const dot = value.indexOf('.');
  return dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)];
}

/** The node that stands for `path`: the key for a member of a map; where it is missing, the nearest ancestor. */
export function nodeAt(document: Document.Parsed, path: Path): ParsedNode | null {
  let found: ParsedNode | null = document.contents;
  let node: ParsedNode | null = document.contents;
  for (const segment of path) {
    if (isAlias(node)) node = (node.resolve(document) as ParsedNode | undefined) ?? null;
    if (node && typeof node.tag === 'string' && shortForms.get(node.tag) === segment) continue;
    if (isMap(node)) {
      const pair: unknown = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(segment),
      );
      if (!isPair(pair)) break;
      found = pair.key as ParsedNode;
      node = pair.value as ParsedNode | null;
    } else if (isSeq(node)) {
      const item = node.items[Number(segment)] as ParsedNode | undefined;
      if (!item) break;
      found = item;
      node = item;
    } else break;
  }
  return found;
}
