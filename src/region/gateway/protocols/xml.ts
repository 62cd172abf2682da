import { parseXML } from '@aws-sdk/xml-builder';
import { fail } from '../fault.ts';
import { fromText, toText } from '../scalar.ts';
import type { Shape, Structure } from '../shape.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
};
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function escape(text: string): string {
  return /[&<>"\r\n]/.test(text) ? text.replaceAll(/[&<>"\r\n]/g, (sign) => ESCAPES[sign] ?? sign) : text;
}
export function element(name: string, inner: string, attributes = ''): string {
  return `<${name}${attributes}>${inner}</${name}>`;
}
export function xmlDocument(root: string): string {
  return DECLARATION + root;
}
export function namespaceAttribute(uri: string): string {
  return uri ? ` xmlns="${escape(uri)}"` : '';
}

/** The children of a structure, without the element around them. */
export function encodeMembers(shape: Structure, value: unknown, only?: ReadonlySet<string>): string {
  const from = value as Readonly<Record<string, unknown>>;
  let written = '';
  for (const { name, shape: inner } of shape.members) {
    const content = from[name];
    if (content === undefined || content === null || inner.traits.xmlAttribute) continue;
    if (only && !only.has(name)) continue;
    written += encodeXml(inner, content, inner.memberTraits.xmlName ?? name);
  }
  return written;
}

export function encodeXml(shape: Shape, value: unknown, name: string): string {
  switch (shape.kind) {
    case 'structure':
      return element(name, encodeMembers(shape, value), attributes(shape, value));
    case 'list': {
      const flat = Boolean(shape.traits.xmlFlattened);
      const itemName = flat ? name : (shape.item.memberTraits.xmlName ?? 'member');
      const inner = (value as readonly unknown[])
        .map((item) => encodeXml(shape.item, item, itemName))
        .join('');
      return flat ? inner : element(name, inner);
    }
    case 'map': {
      const flat = Boolean(shape.traits.xmlFlattened);
      const keyName = shape.key.memberTraits.xmlName ?? 'key';
      const valueName = shape.value.memberTraits.xmlName ?? 'value';
      const inner = Object.entries(value as object)
        .map(([key, item]) =>
          element(
            flat ? name : 'entry',
            encodeXml(shape.key, key, keyName) + encodeXml(shape.value, item, valueName),
          ),
        )
        .join('');
      return flat ? inner : element(name, inner);
    }
    default:
      return element(name, escape(toText(shape, value)));
  }
}

function attributes(shape: Structure, value: unknown): string {
  const from = value as Readonly<Record<string, unknown>>;
  let written = '';
  for (const { name, shape: inner } of shape.members)
    if (inner.traits.xmlAttribute && from[name] !== undefined && from[name] !== null)
      written += ` ${inner.traits.xmlName ?? name}="${escape(String(from[name]))}"`;
  const namespace = shape.traits.xmlNamespace;
  if (namespace) written += ` xmlns${namespace[0] ? `:${namespace[0]}` : ''}="${escape(namespace[1])}"`;
  return written;
}

/** What is inside the root element, as nested plain objects and text. */
export function parseRoot(body: Buffer): unknown {
  try {
    return Object.values(parseXML(body.toString('utf8')) as object)[0] as unknown;
  } catch (error) {
    return fail({ kind: 'unreadable', reason: error instanceof Error ? error.message : 'not XML' });
  }
}

export function decodeXml(shape: Shape, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'structure': {
      const decoded: Record<string, unknown> = {};
      for (const { name, shape: inner } of shape.members) {
        const child = property(value, inner.memberTraits.xmlName ?? name);
        if (child !== undefined) decoded[name] = decodeXml(inner, child, path ? `${path}.${name}` : name);
      }
      refuseUnknown(shape, value, path);
      return decoded;
    }
    case 'list': {
      const flat = Boolean(shape.traits.xmlFlattened);
      const found = flat ? value : property(value, shape.item.memberTraits.xmlName ?? 'member');
      return many(found).map((item, index) => decodeXml(shape.item, item, `${path}.${index + 1}`));
    }
    case 'map': {
      const keyName = shape.key.memberTraits.xmlName ?? 'key';
      const valueName = shape.value.memberTraits.xmlName ?? 'value';
      return Object.fromEntries(
        many(shape.traits.xmlFlattened ? value : property(value, 'entry')).map((entry) => {
          const key = String(property(entry, keyName) ?? '');
          return [key, decodeXml(shape.value, property(entry, valueName) ?? '', `${path}.${key}`)];
        }),
      );
    }
    default:
      return fromText(shape, text(value), path);
  }
}

const MARKUP = /^(#text|xmlns(:.*)?|xsi:.*)$/;
function refuseUnknown(shape: Structure, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  const known = new Set(shape.members.map((member) => member.shape.memberTraits.xmlName ?? member.name));
  for (const key of Object.keys(value))
    if (!known.has(key) && !MARKUP.test(key)) fail({ kind: 'unknown', path: path ? `${path}.${key}` : key });
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
function many(value: unknown): readonly unknown[] {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value : [value];
}
/** Text beside attributes stands under `#text`. */
function text(value: unknown): string {
  const plain = typeof value === 'object' ? (property(value, '#text') ?? '') : value;
  return String(plain);
}
