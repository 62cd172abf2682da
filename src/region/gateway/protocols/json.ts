import { fail } from '../fault.ts';
import { readBase64, readTimestamp, toText } from '../scalar.ts';
import type { Scalar, Shape } from '../shape.ts';
import { encodeTree } from './encode-tree.ts';

/** https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html: decodes and checks types; refuses members the model lacks. */
export function decodeJsonBody(shape: Shape, body: Buffer): unknown {
  if (body.length === 0) return {};
  return decodeJson(shape, parse(body), '');
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    return fail({ kind: 'unreadable', reason: error instanceof Error ? error.message : 'not JSON' });
  }
}

/** A parsed value in the form of its shape. */
export function decodeJson(shape: Shape, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  switch (shape.kind) {
    case 'structure': {
      const decoded: Record<string, unknown> = {};
      for (const [key, inner] of Object.entries(record(value, path, 'a structure'))) {
        const member = shape.byName.get(key);
        const innerPath = path ? `${path}.${key}` : key;
        if (!member) {
          if (key === '__type' || inner === null) continue;
          fail({ kind: 'unknown', path: innerPath });
        }
        const result = decodeJson(member.shape, inner, innerPath);
        if (result !== undefined) decoded[key] = result;
      }
      return decoded;
    }
    case 'list':
      if (!Array.isArray(value)) return wrongType(path, value, 'a list');
      return value.map((item: unknown, index) => {
        const itemPath = `${path}.${index + 1}`;
        if (item === null && !shape.traits.sparse) return wrongType(itemPath, item, 'a value');
        return decodeJson(shape.item, item, itemPath);
      });
    case 'map':
      return Object.fromEntries(
        Object.entries(record(value, path, 'a map'))
          .filter(([, inner]) => inner !== null || shape.traits.sparse)
          .map(([key, inner]) => [key, decodeJson(shape.value, inner, `${path}.${key}`)]),
      );
    case 'unit':
      if (Object.keys(record(value, path, 'a structure')).length > 0)
        fail({ kind: 'unknown', path: Object.keys(value).join(', ') });
      return {};
    default:
      return decodeScalar(shape, value, path);
  }
}

function decodeScalar(shape: Scalar, value: unknown, path: string): unknown {
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' ? value : wrongType(path, value, 'a String');
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(path, value, 'a Boolean');
    case 'number':
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      return typeof value === 'number' ? value : wrongType(path, value, 'a Number');
    case 'bigint':
      return typeof value === 'number' && Number.isInteger(value)
        ? BigInt(value)
        : wrongType(path, value, 'an Integer');
    case 'timestamp':
      return (
        (typeof value === 'number' || typeof value === 'string' ? readTimestamp(String(value)) : undefined) ??
        wrongType(path, value, 'a Timestamp')
      );
    case 'blob':
      return (
        (typeof value === 'string' ? readBase64(value) : undefined) ?? wrongType(path, value, 'base64 text')
      );
    default:
      return value;
  }
}

function record(value: unknown, path: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrongType(path, value, expected);
  return value as Readonly<Record<string, unknown>>;
}

function wrongType(path: string, value: unknown, expected: string): never {
  return fail({ kind: 'wrong-type', path, value: JSON.stringify(value).slice(0, 200), expected });
}

/** What JSON.stringify turns into the body. */
export const encodeJson = (shape: Shape, value: unknown): unknown => encodeTree(shape, value, encodeScalar);

function encodeScalar(shape: Scalar, value: unknown): unknown {
  switch (shape.kind) {
    case 'timestamp': {
      const text = toText(shape, value, 'epoch-seconds');
      return (shape.timestampFormat ?? 'epoch-seconds') === 'epoch-seconds' ? Number(text) : text;
    }
    case 'blob':
      return toText(shape, value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return Number(value);
    default:
      return value;
  }
}
