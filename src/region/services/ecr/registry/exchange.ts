import type { IncomingMessage, ServerResponse } from 'node:http';
import { RegistryFault } from './errors.ts';

/** One request of the distribution protocol, about one repository. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly query: URLSearchParams;
  /** It exists. */
  readonly repository: string;
  /** What the path names: a tag, a digest, an upload. */
  readonly reference: string;
}

export function answer(
  { response, method }: Pick<Exchange, 'response' | 'method'>,
  status: number,
  headers: Readonly<Record<string, string | number>> = {},
  body: Uint8Array | string = '',
): void {
  response.writeHead(status, {
    'docker-distribution-api-version': 'registry/2.0',
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
    ...headers,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

export function answerJson(exchange: Exchange, value: unknown, headers: Record<string, string> = {}): void {
  answer(exchange, 200, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
}

/** The whole body, up to what may be asked of a registry. */
export async function readWhole(request: IncomingMessage, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of bodyOf(request)) {
    size += part.length;
    if (size > limit)
      throw new RegistryFault('SIZE_INVALID', `the body is longer than ${limit} bytes`, 413, {
        connection: 'close',
      });
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}

/** The body, which may be left unread without hanging up on who sends it: they want an answer. */
export const bodyOf = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** The size of the body that is announced; undefined where it comes in chunks of HTTP. */
export function announcedLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/**
 * One page of names in their order, and the address of the next:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function page(
  names: readonly string[],
  path: string,
  query: URLSearchParams,
): { readonly items: readonly string[]; readonly headers: Record<string, string> } {
  const last = query.get('last');
  const wanted = query.get('n');
  if (wanted !== null && !/^\d+$/.test(wanted))
    throw new RegistryFault('PAGINATION_NUMBER_INVALID', `n is "${wanted}", which is no number`, 400);
  const after = [...names].sort().filter((name) => last === null || name > last);
  const size = wanted === null ? after.length : Number(wanted);
  const items = after.slice(0, size);
  const end = items.at(-1);
  return {
    items,
    headers:
      end !== undefined && after.length > size
        ? { link: `<${path}?${new URLSearchParams({ n: String(size), last: end })}>; rel="next"` }
        : {},
  };
}
