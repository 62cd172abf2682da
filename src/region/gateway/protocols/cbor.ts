import { cbor, tag } from '@smithy/core/cbor';
import { fail } from '../fault.ts';
import type { Scalar, Shape } from '../shape.ts';
import { encodeTree } from './encode-tree.ts';
import { decodeJson } from './json.ts';

/** https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export const CBOR_PROTOCOL = 'rpc-v2-cbor';
const PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

/** Service and operation of a request's path. */
export function cborTarget(
  path: string,
): { readonly target: string; readonly operation: string } | undefined {
  const [, target, operation] = PATH.exec(path) ?? [];
  return target !== undefined && operation !== undefined ? { target, operation } : undefined;
}

/** Decodes and checks types as the JSON protocols do. */
export function decodeCborBody(shape: Shape, body: Buffer): unknown {
  if (body.length === 0) return {};
  return decodeJson(shape, plain(parse(body)), '');
}

function parse(body: Buffer): unknown {
  try {
    return cbor.deserialize(new Uint8Array(body)) as unknown;
  } catch (error) {
    return fail({ kind: 'unreadable', reason: error instanceof Error ? error.message : 'not CBOR' });
  }
}

/** What a JSON body says in its own types: epoch seconds for times, base64 for bytes. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('tag' in value && 'value' in value && Object.getOwnPropertySymbols(value).length > 0)
    return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export function encodeCborBody(shape: Shape, value: unknown): Uint8Array {
  return cbor.serialize(encodeTree(shape, value, encodeScalar) ?? {});
}

/** A time is tag 1, in epoch seconds. */
function encodeScalar(shape: Scalar, value: unknown): unknown {
  switch (shape.kind) {
    case 'timestamp':
      return tag({ tag: 1, value: (value as Date).getTime() / 1000 });
    case 'blob':
      return typeof value === 'string' ? Buffer.from(value) : value;
    default:
      return value;
  }
}
