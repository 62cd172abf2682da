import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Clock, systemClock } from '../../common/clock.ts';
import type { Identity, ServiceName } from '../region.ts';
import { ApiError } from './api-error.ts';
import { handlerOf } from './apis.ts';
import { MESSAGE_LIMIT, OBJECT_LIMIT, readBody } from './body.ts';
import { encodeError, type ErrorFormat } from './error-document.ts';
import { FaultError, faultError } from './fault.ts';
import { loadModel, type Operation, type ServiceModel } from './model.ts';
import { checkExpiry } from './presigned.ts';
import { isChunked, unchunk } from './protocols/aws-chunked.ts';
import { encodeAnswer } from './protocols/envelope.ts';
import { CBOR_PROTOCOL, decodeCborBody } from './protocols/cbor.ts';
import { decodeJsonBody } from './protocols/json.ts';
import { decodeQuery } from './protocols/query.ts';
import { matchRoute } from './protocols/rest-routes.ts';
import { decodeRest } from './protocols/rest.ts';
import { credentialScope, route, type Target } from './route.ts';
import type { Protocol, ServiceDescription } from './services.ts';
import { unsupportedOperation } from './unsupported.ts';
import { requireMembers } from './validate.ts';
import { bucketHost } from './virtual-host.ts';
import { header, type WireRequest, type WireResponse } from './wire.ts';

export interface GatewayOptions {
  readonly services: { readonly [K in ServiceName]?: { readonly handlers: object } };
  readonly identity: Pick<Identity, 'region'>;
  readonly log: (message: string) => void;
  readonly clock?: Clock;
  /** Sees each request first; true: it was for the registry of container images, and is answered there. */
  readonly registry?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Told each call once it is answered. */
  readonly onCall?: (call: Call) => void;
}
/** A call as it went. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  /** Of an error. */
  readonly code?: string;
  readonly milliseconds: number;
}
/** Handles requests in AWS's wire protocols; for the `request` event of any HTTP server. */
export type Gateway = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Signatures are not checked: who may ask is decided by the socket a request comes through (see listen.ts), and the local
 * region has one account whose every caller is its owner.
 */
export function createGateway(options: GatewayOptions): Gateway {
  return (incoming, outgoing) => {
    if (!options.registry?.(incoming, outgoing)) void serve(options, incoming, outgoing);
  };
}

async function serve(
  options: GatewayOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  try {
    const answer = await answerRequest(options, incoming, requestId);
    await send(incoming, outgoing, answer, requestId);
  } catch (error) {
    options.log(`gateway: ${incoming.method} ${incoming.url}: ${describe(error)}`);
    outgoing.destroy();
  }
}

/** What is known so far, so that an error at any point is written in the client's own format. */
interface Progress {
  format: ErrorFormat;
  service?: ServiceDescription;
  model?: ServiceModel;
  operation?: string;
}

async function answerRequest(
  options: GatewayOptions,
  incoming: IncomingMessage,
  requestId: string,
): Promise<WireResponse> {
  const progress: Progress = { format: firstFormat(incoming) };
  const began = performance.now();
  const tell = (status: number, code?: string) =>
    options.onCall?.({
      service: progress.service?.name ?? 'unknown',
      operation: progress.operation ?? `${incoming.method} ${incoming.url}`,
      status,
      ...(code === undefined ? {} : { code }),
      milliseconds: performance.now() - began,
    });
  try {
    const answer = await perform(options, await readRequest(incoming), requestId, progress);
    tell(answer.status);
    return answer;
  } catch (error) {
    const known = toApiError(options, error, progress);
    const answer = encodeError(progress.format, progress.model, known, requestId);
    tell(answer.status, known.code);
    return answer;
  }
}

async function perform(
  { services, identity, clock = systemClock }: GatewayOptions,
  request: WireRequest,
  requestId: string,
  progress: Progress,
): Promise<WireResponse> {
  const target = route(request);
  progress.format = target.format;
  const { service } = target;
  if (!service) throw unknownService(target);
  progress.service = service;
  checkExpiry(request, clock.now());
  const model = await loadModel(service);
  progress.model = model;
  const found = find(model, request, target);
  progress.operation = found.operation.name;
  const handler = handlerOf(services[service.name]?.handlers, found.operation.name);
  if (!handler) throw unsupportedOperation(service, found.operation.name);
  const input = found.decode();
  requireMembers(found.operation.input, input);
  const output = await handler(input, {
    region: identity.region,
    accessKeyId: credentialScope(request).accessKeyId ?? 'anonymous',
    requestId,
    host: header(request.headers, 'host') ?? '',
  });
  return encodeAnswer(model, found.operation, output ?? {}, requestId, found.protocol);
}

/** The operation that is asked for, and how its input is to be read. */
function find(
  model: ServiceModel,
  request: WireRequest,
  { operation: name = '', form = new URLSearchParams(), protocol: spoken }: Target,
): { readonly operation: Operation; readonly protocol: Protocol; readonly decode: () => unknown } {
  const { description } = model;
  const protocol = spoken ?? description.protocol;
  if (protocol === 'rest-xml' || protocol === 'rest-json') {
    const match = matchRoute(model, protocol === 'rest-xml' ? bucketHost(request) : request);
    if (!match) throw unsupportedOperation(description, `${request.method} ${request.path}`);
    return { operation: match.operation, protocol, decode: () => decodeRest(request, match, protocol) };
  }
  const operation = model.operation(name);
  if (!operation) throw unsupportedOperation(description, name);
  const { input } = operation;
  return {
    operation,
    protocol,
    decode() {
      if (protocol === 'json') return decodeJsonBody(input, request.body);
      if (protocol === 'cbor') return decodeCborBody(input, request.body);
      return decodeQuery(input, form, protocol);
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const raw = await readBody(incoming, firstFormat(incoming) === 's3' ? OBJECT_LIMIT : MESSAGE_LIMIT);
  const { headers, body } = isChunked(incoming.headers)
    ? unchunk(incoming.headers, raw)
    : { headers: incoming.headers, body: raw };
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers,
    body,
  };
}

/** A guess before the body is read: what is neither JSON nor a form is for S3. */
function firstFormat({ headers, method }: IncomingMessage): ErrorFormat {
  if (headers['smithy-protocol'] === CBOR_PROTOCOL) return 'cbor';
  if (headers['x-amz-target'] !== undefined) return 'json';
  const form = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return form && method === 'POST' ? 'query' : 's3';
}

function unknownService({ asked }: Target): ApiError {
  return new ApiError('UnknownService', `The local region has no service for ${asked}`, 404);
}

function toApiError({ log }: GatewayOptions, error: unknown, progress: Progress): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof FaultError) {
    if (progress.service) return faultError(progress.service, error.fault);
    const reason = error.fault.kind === 'unreadable' ? error.fault.reason : error.message;
    return new ApiError('InvalidRequest', reason, 400);
  }
  const what = progress.service ? `${progress.service.name}:${progress.operation ?? '?'}` : 'request';
  log(`gateway: ${what} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const code = progress.format === 's3' || progress.format === 'ec2' ? 'InternalError' : 'InternalFailure';
  return new ApiError(code, `${what} failed inside the local region: ${describe(error)}`, 500);
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function send(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, headers, body }: WireResponse,
  requestId: string,
): Promise<void> {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.setHeader('x-amzn-requestid', requestId);
  outgoing.setHeader('x-amz-request-id', requestId);
  // A body that was refused unread would be taken for the next request.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  if (incoming.method === 'HEAD' || status === 204 || status === 304) {
    if (body instanceof Readable) body.destroy();
    outgoing.end();
    return;
  }
  if (body instanceof Readable) {
    await pipeline(body, outgoing);
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  outgoing.setHeader('content-length', bytes.length);
  outgoing.end(bytes);
}
