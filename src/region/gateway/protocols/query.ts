import { fail } from '../fault.ts';
import { fromText } from '../scalar.ts';
import type { Member, Shape } from '../shape.ts';

/** `A.member.1.B=x` as nested maps; a leaf keeps its text. */
interface Node {
  readonly children: Map<string, Node>;
  text: string | undefined;
}

/** Belong to the envelope, not to the operation; SigV2 and presigned URLs put their signature there too. */
const ENVELOPE =
  /^(Action|Version|AWSAccessKeyId|Signature|SignatureMethod|SignatureVersion|Timestamp|Expires|SecurityToken|X-Amz-.*)$/i;

/**
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and
 * https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function decodeQuery(shape: Shape, form: URLSearchParams, dialect: 'query' | 'ec2'): unknown {
  const root: Node = { children: new Map(), text: undefined };
  for (const [key, text] of form) {
    if (ENVELOPE.test(key) && !isMember(shape, key)) continue;
    let node = root;
    for (const part of key.split('.')) {
      let next = node.children.get(part);
      if (!next) node.children.set(part, (next = { children: new Map(), text: undefined }));
      node = next;
    }
    node.text = text;
  }
  return decode(shape, root, dialect, '') ?? {};
}

const isMember = (shape: Shape, key: string) => shape.kind === 'structure' && shape.byName.has(key);

function memberKey({ name, shape }: Member, dialect: 'query' | 'ec2'): string {
  const { ec2QueryName, xmlName } = shape.traits;
  if (dialect === 'query') return xmlName ?? name;
  return typeof ec2QueryName === 'string' ? ec2QueryName : capital(xmlName ?? name);
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function decode(shape: Shape, node: Node, dialect: 'query' | 'ec2', path: string): unknown {
  switch (shape.kind) {
    case 'structure': {
      const decoded: Record<string, unknown> = {};
      let found = 0;
      for (const member of shape.members) {
        const key = memberKey(member, dialect);
        const child = node.children.get(key);
        if (!child) continue;
        found++;
        decoded[member.name] = decode(member.shape, child, dialect, path ? `${path}.${key}` : key);
      }
      if (found < node.children.size) refuseUnknown(shape.members, node, dialect, path);
      return decoded;
    }
    case 'list':
      return items(node, path).map(([item, itemPath]) => decode(shape.item, item, dialect, itemPath));
    case 'map': {
      const keyName = shape.key.memberTraits.xmlName ?? 'key';
      const valueName = shape.value.memberTraits.xmlName ?? 'value';
      return Object.fromEntries(
        items(node, path).map(([entry, entryPath]) => {
          const value = entry.children.get(valueName);
          return [
            entry.children.get(keyName)?.text ?? '',
            value ? decode(shape.value, value, dialect, `${entryPath}.${valueName}`) : '',
          ];
        }),
      );
    }
    case 'unit':
      if (node.children.size > 0) refuseUnknown([], node, dialect, path);
      return {};
    default:
      if (node.children.size > 0) refuseUnknown([], node, dialect, path);
      return fromText(shape, node.text ?? '', path);
  }
}

/** Flat lists number their own children; wrapped lists put one `member`-like level in between; an empty list is `Name=`. */
function items(node: Node, path: string): readonly [Node, string][] {
  const own = numbered(node, path);
  if (own) return own;
  const [only] = node.children;
  const inner = node.children.size === 1 && only ? numbered(only[1], `${path}.${only[0]}`) : undefined;
  return (
    inner ??
    fail({ kind: 'wrong-type', path, value: [...node.children.keys()].join(','), expected: 'a list' })
  );
}

function numbered(node: Node, path: string): readonly [Node, string][] | undefined {
  const entries = [...node.children];
  if (entries.length === 0 && node.text) return undefined;
  if (!entries.every(([key]) => /^\d{1,9}$/.test(key))) return undefined;
  return entries
    .sort((a, b) => Number(a[0]) - Number(b[0]))
    .map(([key, child]): [Node, string] => [child, `${path}.${key}`]);
}

function refuseUnknown(members: readonly Member[], node: Node, dialect: 'query' | 'ec2', path: string): void {
  const known = new Set(members.map((member) => memberKey(member, dialect)));
  for (const key of node.children.keys())
    if (!known.has(key)) fail({ kind: 'unknown', path: path ? `${path}.${key}` : key });
}
