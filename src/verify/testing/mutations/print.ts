import { Document, type Node, type ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isObject } from '../../../template/json.ts';
import type { Template } from '../../../template/model.ts';
import { intrinsicOf } from '../../../template/symbolic.ts';
import { shortForms } from '../../../template/yaml-node.ts';

const options = { lineWidth: 0 } as const;

/** As YAML, every function in its long form. */
export function inLongForms(template: Template): string {
  return new Document(template, { aliasDuplicateObjects: false }).toString(options);
}

/** As YAML, every function in its short form, as far as YAML has a place for it: a node has one tag. */
export function inShortForms(template: Template): string {
  const document = new Document({});
  document.contents = short(document, template) as ParsedNode;
  return document.toString(options);
}

const tags = new Map([...shortForms].map(([tag, name]) => [name, tag]));

function short(document: Document, value: unknown): Node {
  const [name, argument] = intrinsicOf(value) ?? [];
  const tag = tags.get(name ?? '');
  if (tag !== undefined && !intrinsicOf(argument)) {
    const pair = name === 'Fn::GetAtt' && Array.isArray(argument) && argument.every(isText);
    const made = short(document, pair ? argument.join('.') : argument);
    made.tag = tag;
    // A plain scalar with a tag is read as text: `!Ref 12` is of no use, `!Sub "12"` is.
    if (made instanceof Scalar && typeof made.value === 'string') made.type = 'QUOTE_DOUBLE';
    return made;
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq<Node>();
    list.items = value.map((item) => short(document, item));
    return list;
  }
  if (!isObject(value)) return document.createNode(value) as Node;
  const map = new YAMLMap<string, Node>();
  for (const [key, member] of Object.entries(value)) map.set(key, short(document, member));
  return map;
}

const isText = (value: unknown): value is string => typeof value === 'string';

export const asJson = (template: Template): string => `${JSON.stringify(template, null, 2)}\n`;
