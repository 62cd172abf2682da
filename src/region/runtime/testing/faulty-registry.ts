import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MadeImage } from './made-images.ts';

/** How a registry goes wrong. */
export type Fault =
  | 'none'
  /** The content of blobs is not what their digest says. */
  | 'wrong-digest'
  /** Blobs end too early, each time. */
  | 'truncated'
  /** Blobs of more than 10,000 bytes begin and then nothing comes any more. */
  | 'stalled'
  /** The first connection for each blob breaks in the middle; ranges are served. */
  | 'breaking'
  /** The token runs out after the manifest and no new one is given. */
  | 'expired-token'
  /** It does not know the image. */
  | 'empty'
  | 'busy';

export interface FaultyRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  fault: Fault;
  /** `GET /v2/…` as they came, with the range where one was asked for. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** A registry that holds one repository's images by tag, and fails as it is told. */
export async function faultyRegistry(images: Readonly<Record<string, MadeImage>>): Promise<FaultyRegistry> {
  const blobs = new Map(Object.values(images).flatMap((image) => [...image.blobs]));
  const documents = new Map(
    Object.entries(images).flatMap(([tag, { manifest }]) => [
      [tag, manifest],
      [manifest.digest, manifest],
    ]),
  );
  const broken = new Set<string>();
  let tokens = 0;
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: FaultyRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    requests: [],
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { fault, host } = registry;
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/token') {
      tokens++;
      if (fault === 'expired-token' && tokens > 1)
        return refuse(response, 401, 'UNAUTHORIZED', 'the account is locked');
      response.end(JSON.stringify({ token: `t${tokens}`, expires_in: 300 }));
      return;
    }
    registry.requests.push(`${request.method} ${path} ${request.headers.range ?? ''}`.trim());
    if (fault === 'busy')
      return refuse(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit');
    const [, kind, reference = ''] = /^\/v2\/.+\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    if (fault === 'expired-token' && (request.headers.authorization === undefined || kind === 'blobs')) {
      response.setHeader(
        'www-authenticate',
        `Bearer realm="http://${host}/token",service="faulty",scope="repository:x:pull"`,
      );
      return refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
    const document = kind === 'manifests' ? documents.get(reference) : undefined;
    if (document && fault !== 'empty') {
      response.writeHead(200, {
        'content-type': document.mediaType,
        'docker-content-digest': document.digest,
        'content-length': document.bytes.length,
      });
      response.end(request.method === 'HEAD' ? undefined : document.bytes);
      return;
    }
    const blob = kind === 'blobs' ? blobs.get(reference) : undefined;
    if (!blob)
      return refuse(response, 404, kind === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN', 'unknown');
    send(request, response, reference, blob);
  }

  function send(request: IncomingMessage, response: ServerResponse, digest: string, blob: Buffer): void {
    const { fault } = registry;
    const [, start = '0'] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
    const from = fault === 'truncated' ? 0 : Number(start);
    const content = fault === 'wrong-digest' ? changed(blob) : blob;
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    if (request.method === 'HEAD') return void response.end();
    const half = content.subarray(from, from + Math.ceil((content.length - from) / 2));
    const breaks = fault === 'truncated' || (fault === 'breaking' && !broken.has(digest));
    if (fault === 'breaking') broken.add(digest);
    if (fault === 'stalled' && blob.length > 10_000) response.write(half);
    else if (breaks) response.write(half, () => setTimeout(() => response.destroy(), 20));
    else response.end(content.subarray(from));
  }
  return registry;
}

function changed(blob: Buffer): Buffer {
  const copy = Buffer.from(blob);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 0xff;
  return copy;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}
