import type { Readable } from 'node:stream';
import { fail } from '../fault.ts';
import type { Operation, ServiceModel } from '../model.ts';
import { fromText, toText } from '../scalar.ts';
import type { Scalar, Shape, Structure } from '../shape.ts';
import { header, type WireRequest, type WireResponse } from '../wire.ts';
import { decodeJsonBody } from './json.ts';
import type { RouteMatch } from './rest-routes.ts';
import {
  decodeXml,
  element,
  encodeMembers,
  encodeXml,
  namespaceAttribute,
  parseRoot,
  xmlDocument,
} from './xml.ts';

const isScalar = (shape: Shape): shape is Scalar =>
  shape.kind !== 'structure' && shape.kind !== 'list' && shape.kind !== 'map';

/** Query keys that any request may carry: signatures, the SDK's hint, and what S3 passes on to its own log. */
const ENVELOPE = /^(X-Amz-.*|x-.*|AWSAccessKeyId|Signature|Expires)$/i;

/** https://smithy.io/2.0/spec/http-bindings.html */
export function decodeRest(
  request: WireRequest,
  { operation, labels, literals }: RouteMatch,
  protocol: 'rest-xml' | 'rest-json',
): unknown {
  const { input } = operation;
  const known = new Set(literals);
  const decoded: Record<string, unknown> = {};
  let inBody = false;
  if (input.kind === 'structure')
    for (const { name, shape } of input.members) {
      const { traits } = shape;
      let value: unknown;
      if (traits.httpLabel)
        value = labels[name] === undefined ? undefined : readText(shape, labels[name], name);
      else if (traits.httpQuery) {
        known.add(traits.httpQuery);
        value = readMany(shape, request.query.getAll(traits.httpQuery), name);
      } else if (traits.httpHeader)
        value = readHeader(shape, header(request.headers, traits.httpHeader), name);
      else if (traits.httpPrefixHeaders !== undefined)
        value = readPrefixed(request, traits.httpPrefixHeaders);
      else if (traits.httpPayload) value = readPayload(shape, request, name);
      else inBody = true;
      if (value !== undefined) decoded[name] = value;
    }
  for (const key of request.query.keys())
    if (!known.has(key) && !ENVELOPE.test(key)) fail({ kind: 'unknown', path: key });
  if (inBody && request.body.length > 0)
    Object.assign(
      decoded,
      protocol === 'rest-json'
        ? decodeJsonBody(input, request.body)
        : decodeXml(input, parseRoot(request.body), ''),
    );
  return decoded;
}

function readText(shape: Shape, text: string, path: string): unknown {
  return isScalar(shape) ? fromText(shape, text, path) : text;
}
function readMany(shape: Shape, texts: readonly string[], path: string): unknown {
  if (texts[0] === undefined) return undefined;
  return shape.kind === 'list'
    ? texts.map((text) => readText(shape.item, text, path))
    : readText(shape, texts[0], path);
}
function readHeader(shape: Shape, text: string | undefined, path: string): unknown {
  if (text === undefined) return undefined;
  if (shape.kind !== 'list') return readText(shape, text, path);
  return text.split(',').map((part) => readText(shape.item, part.trim(), path));
}
function readPrefixed({ headers }: WireRequest, prefix: string): Record<string, string> | undefined {
  const start = prefix.toLowerCase();
  const found = Object.keys(headers).filter((key) => key.startsWith(start));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map((key) => [key.slice(start.length), header(headers, key) ?? '']));
}
function readPayload(shape: Shape, { body }: WireRequest, path: string): unknown {
  if (shape.kind === 'blob') return body;
  if (shape.kind === 'string') return body.toString('utf8');
  return body.length > 0 ? decodeXml(shape, parseRoot(body), path) : undefined;
}

export function encodeRest(model: ServiceModel, operation: Operation, output: unknown): WireResponse {
  const { output: shape } = operation;
  const headers: Record<string, string> = {};
  let status = operation.http?.status ?? 200;
  let body: WireResponse['body'];
  if (shape.kind !== 'structure') return { status, headers, body };
  const from = output as Readonly<Record<string, unknown>>;
  const inBody = new Set<string>();
  for (const { name, shape: member } of shape.members) {
    const { traits } = member;
    const value = from[name];
    if (!isBound(member)) inBody.add(name);
    else if (value === undefined || value === null) continue;
    else if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = writeHeader(member, value);
    else if (traits.httpPrefixHeaders !== undefined)
      for (const [key, text] of Object.entries(value as object))
        headers[(traits.httpPrefixHeaders + key).toLowerCase()] = String(text);
    else if (traits.httpResponseCode) status = Number(value);
    else if (member.kind === 'blob' || member.kind === 'string')
      body = value as Uint8Array | string | Readable;
    else body = xmlDocument(encodeXml(member, value, rootName(member)));
  }
  if (inBody.size > 0)
    body = xmlDocument(
      element(
        rootName(shape),
        members(operation, shape, from, inBody),
        namespaceAttribute(model.description.xmlNamespace),
      ),
    );
  // A part of a body: https://datatracker.ietf.org/doc/html/rfc9110#section-15.3.7
  if (headers['content-range'] !== undefined) status = 206;
  if (typeof body === 'string' && body.startsWith('<?xml')) headers['content-type'] ??= 'application/xml';
  return { status, headers, body };
}

const isBound = ({ traits }: Shape): boolean =>
  traits.httpHeader !== undefined ||
  traits.httpPrefixHeaders !== undefined ||
  Boolean(traits.httpPayload) ||
  Boolean(traits.httpResponseCode);

const rootName = (shape: Shape): string => shape.traits.xmlName ?? shape.name;

/**
 * GetBucketLocation answers with bare text in the root, a trait that the SDK's schema does not carry:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
function members(
  operation: Operation,
  shape: Structure,
  output: Readonly<Record<string, unknown>>,
  inBody: ReadonlySet<string>,
): string {
  if (operation.name === 'GetBucketLocation') return String(output['LocationConstraint'] ?? '');
  return encodeMembers(shape, output, inBody);
}

function writeHeader(shape: Shape, value: unknown): string {
  if (shape.kind === 'list')
    return (value as readonly unknown[]).map((item) => writeHeader(shape.item, item)).join(', ');
  return isScalar(shape) ? toText(shape, value, 'http-date') : String(value);
}
