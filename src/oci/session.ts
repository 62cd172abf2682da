import type { Readable } from 'node:stream';
import type { Clock } from '../common/clock.ts';
import { createAuthorizer, type Authorizer } from './authorizer.ts';
import { readChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { asRegistryError, refusedBy, type RegistryError } from './errors.ts';
import { withRetries, type RetryOptions } from './retry.ts';
import { TransportError, type HttpResponse, type Transport } from './transport.ts';

export interface SessionRequest {
  readonly method: string;
  /** Below the origin, `/v2/…`, or the whole address that the registry gave. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent once; everything else again where that may help. */
  readonly body?: Uint8Array | Readable;
  readonly scope: string;
  readonly redirect?: 'follow' | 'keep';
}

/** Talks to one endpoint: with authorization, over the scheme that answers, through redirects, patiently. */
export interface Session {
  send(request: SessionRequest): Promise<HttpResponse>;
  /** The error for an answer of which nothing can be made. */
  refuse(method: string, response: HttpResponse): Promise<RegistryError>;
}

const MOST_REDIRECTS = 5;
const ERROR_LIMIT = 64 * 1024;

export function createSession(options: {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly retry: RetryOptions;
  readonly endpoint: Endpoint;
  readonly credentials: () => Promise<Credentials | undefined>;
}): Session {
  const { transport, clock, endpoint, retry } = options;
  let origins = [...endpoint.origins];
  const authorizer: Authorizer = createAuthorizer({
    transport,
    clock,
    verify: endpoint.verify,
    credentials: options.credentials,
    plain: () => origins[0]?.startsWith('http:') ?? false,
  });

  /** The first scheme that a host speaks stays. */
  async function reach(request: SessionRequest, authorization: string | undefined): Promise<HttpResponse> {
    for (;;) {
      const [origin = ''] = origins;
      try {
        return await follow(origin, request, authorization);
      } catch (error) {
        const otherScheme =
          origins.length > 1 &&
          error instanceof TransportError &&
          (error.failure === 'untrusted' || error.failure === 'unreachable' || error.failure === 'broken');
        if (!otherScheme) throw error;
        origins = origins.slice(1);
      }
    }
  }

  async function follow(
    origin: string,
    { method, target, headers = {}, body, redirect = 'follow' }: SessionRequest,
    authorization: string | undefined,
  ): Promise<HttpResponse> {
    let url = new URL(target, origin);
    for (let turn = 0; ; turn++) {
      // Storage behind a registry has signatures in its address, and no business with the registry's token.
      const own = url.origin === origin;
      const response = await transport({
        method,
        url,
        verify: endpoint.verify,
        headers: { ...headers, ...(own && authorization !== undefined ? { authorization } : {}) },
        ...(body === undefined ? {} : { body }),
      });
      const { location } = response.headers;
      const moved = [301, 302, 303, 307, 308].includes(response.status) && location !== undefined;
      if (!moved || redirect === 'keep' || turn === MOST_REDIRECTS || isStream(body)) return response;
      const next = new URL(location, url);
      if (url.protocol === 'https:' && next.protocol !== 'https:')
        throw new TransportError(
          'untrusted',
          `${method} "${url.href}" leads to ${next.origin}, which has no TLS`,
        );
      response.discard();
      url = next;
    }
  }

  async function authorized(request: SessionRequest): Promise<HttpResponse> {
    const held = authorizer.known(request.scope);
    const response = await reach(request, held);
    if (response.status !== 401) return response;
    const challenge = readChallenge(response.headers['www-authenticate']);
    if (!challenge || isStream(request.body)) return response;
    const granted = await authorizer.meet(challenge, request.scope, held);
    if (granted === undefined || granted === held) return response;
    response.discard();
    return reach(request, granted);
  }

  return {
    async send(request) {
      try {
        const attempts = isStream(request.body) ? 1 : retry.attempts;
        return await withRetries({ ...retry, attempts }, () => authorized(request));
      } catch (error) {
        throw asRegistryError(endpoint, error, authorizer.trouble);
      }
    },
    async refuse(method, response) {
      const body = await response.bytes(ERROR_LIMIT).then(
        (bytes) => bytes.toString('utf8'),
        () => '',
      );
      return refusedBy(endpoint, method, response, body, authorizer.trouble);
    },
  };
}

const isStream = (body: SessionRequest['body']): boolean =>
  body !== undefined && !(body instanceof Uint8Array);
