import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { proxyFor, type ProxySettings } from './proxy.ts';
import { proxyAuthorization, ProxyRefused, tunnelAgent, type TlsSettings } from './tunnel.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | Readable;
  /** False: whatever certificate is shown is taken. */
  readonly verify?: boolean;
}
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  /** The whole body, up to `limit` bytes. */
  bytes(limit: number): Promise<Buffer>;
  /** The body in pieces; a server that sends nothing for too long is a TransportError. */
  pieces(): AsyncGenerator<Buffer, void, void>;
  /** Lets go of a body that nobody wants. */
  discard(): void;
}
/** One HTTP exchange: no redirect is followed, nothing is tried again. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export type TransportFailure = 'unreachable' | 'unresolved' | 'stalled' | 'broken' | 'untrusted' | 'proxy';
/** No answer, or not the whole of one. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;
  constructor(failure: TransportFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface TransportOptions {
  readonly proxies: ProxySettings;
  /** Milliseconds without a byte after which a server is given up. */
  readonly stallMilliseconds: number;
  readonly tls?: Omit<TlsSettings, 'verify'>;
  readonly userAgent: string;
}

/** Connections of one host that are open at once. */
const SOCKETS = 8;

/** HTTP over keep-alive connections, through the proxies that the environment names: fetch of Node 20 knows none. */
export function createTransport({
  proxies,
  stallMilliseconds,
  tls = {},
  userAgent,
}: TransportOptions): Transport {
  const agents = new Map<string, HttpAgent | HttpsAgent>();
  function agentFor(url: URL, proxy: URL | undefined, verify: boolean): HttpAgent | HttpsAgent {
    const key = `${url.protocol} ${proxy?.href ?? ''} ${verify}`;
    const known = agents.get(key);
    if (known) return known;
    const settings = { keepAlive: true, maxSockets: SOCKETS };
    const made =
      url.protocol !== 'https:'
        ? new HttpAgent(settings)
        : proxy
          ? tunnelAgent(proxy, { ...tls, verify })
          : new HttpsAgent({
              ...settings,
              rejectUnauthorized: verify,
              ...(tls.trust ? { secureContext: tls.trust() } : {}),
            });
    agents.set(key, made);
    return made;
  }
  return async ({ method, url, headers = {}, body, verify = true }) => {
    const proxy = proxyFor(url, proxies);
    if (proxy && !/^https?:$/.test(proxy.protocol))
      throw new TransportError(
        'proxy',
        `the proxy ${proxy.protocol}//${proxy.host} is neither http nor https`,
      );
    const agent = agentFor(url, proxy, verify);
    const all = { 'user-agent': userAgent, ...headers, ...lengthOf(body) };
    // A plain request names the whole address to its proxy: https://www.rfc-editor.org/rfc/rfc9112#name-absolute-form
    const viaProxy = proxy && url.protocol === 'http:';
    const options = viaProxy
      ? {
          host: proxy.hostname,
          port: proxy.port || 80,
          path: url.href,
          headers: { host: url.host, ...all, ...proxyAuthorization(proxy) },
        }
      : { headers: all };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = viaProxy ? send({ ...options, method, agent }) : send(url, { ...options, method, agent });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', (error) => reject(translate(error, url, method)));
    });
    answered.catch(() => undefined);
    request.setTimeout(stallMilliseconds, () => request.destroy(stalled(url, method, stallMilliseconds)));
    if (body instanceof Readable) {
      // An answer may come before all was sent (a refusal); what the sender then meets is no error of its own.
      const sent = pipeline(body, request).catch((error: unknown) => error);
      const response = await Promise.race([answered, sent.then((error) => failIfOurs(error, answered))]);
      return wrap(response, url, method, stallMilliseconds);
    }
    request.end(body);
    return wrap(await answered, url, method, stallMilliseconds);
  };
}

/** What the body's own stream failed with is the error; what the connection failed with is in `answered`. */
async function failIfOurs(failure: unknown, answered: Promise<IncomingMessage>): Promise<IncomingMessage> {
  if (failure instanceof Error && !isConnectionError(failure)) throw failure;
  return answered;
}

const isConnectionError = (error: NodeJS.ErrnoException): boolean =>
  error instanceof TransportError || (error.code !== undefined && /^E[A-Z]+$|^ERR_STREAM_/.test(error.code));

function lengthOf(body: HttpRequest['body']): Readonly<Record<string, string>> {
  if (body === undefined || body instanceof Readable) return {};
  return { 'content-length': String(typeof body === 'string' ? Buffer.byteLength(body) : body.length) };
}

function wrap(response: IncomingMessage, url: URL, method: string, stall: number): HttpResponse {
  // From here on only waiting counts: a reader that takes its time is no stalled server.
  response.setTimeout(0);
  response.on('error', () => undefined);
  async function* pieces(): AsyncGenerator<Buffer, void, void> {
    const iterator = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const { done, value } = await within(iterator.next(), stall, () => stalled(url, method, stall));
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw translate(error as Error, url, method);
    } finally {
      if (!response.complete) response.destroy();
    }
  }
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: response.headers,
    url,
    pieces,
    async bytes(limit) {
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of pieces()) {
        size += part.length;
        if (size > limit)
          throw new TransportError('broken', `${method} ${url.href} answered with more than ${limit} bytes`);
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    discard() {
      // Small rests are read so that the connection can serve again.
      if (Number(response.headers['content-length'] ?? Infinity) > 65_536) response.destroy();
      else response.resume();
    },
  };
}

async function within<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, alarm]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

const stalled = (url: URL, method: string, milliseconds: number): TransportError =>
  new TransportError(
    'stalled',
    `${method} "${url.origin}${url.pathname}": the server sent nothing for ${milliseconds / 1000} s`,
  );

/** In the words of Go's client, which are those of docker, containerd and ECS. */
function translate(error: NodeJS.ErrnoException, url: URL, method: string): Error {
  if (error instanceof TransportError) return error;
  const request = `failed to do request: ${method} "${url.origin}${url.pathname}"`;
  const fail = (failure: TransportFailure, reason: string) =>
    new TransportError(failure, `${request}: ${reason}`, { cause: error });
  if (error instanceof ProxyRefused) return fail('proxy', error.message);
  const port = url.port || (url.protocol === 'https:' ? 443 : 80);
  switch (error.code) {
    case 'ENOTFOUND':
      return fail('unresolved', `dial tcp: lookup ${url.hostname}: no such host`);
    case 'EAI_AGAIN':
      return fail('unresolved', `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`);
    case 'ECONNREFUSED':
      return fail('unreachable', `dial tcp ${url.hostname}:${port}: connect: connection refused`);
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return fail('unreachable', `dial tcp ${url.hostname}:${port}: connect: network is unreachable`);
    case 'ETIMEDOUT':
      return fail('unreachable', `dial tcp ${url.hostname}:${port}: i/o timeout`);
    default:
      if (/CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL|EPROTO/.test(error.code ?? ''))
        return fail('untrusted', `tls: ${error.message}`);
      return fail('broken', error.message === 'aborted' ? 'unexpected EOF' : error.message);
  }
}
