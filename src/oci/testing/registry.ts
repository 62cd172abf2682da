import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../digest.ts';

/** A registry for tests, in memory, that can be told to misbehave. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly registry: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository:reference`, digests and tags alike. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  /** `METHOD /path?query`, in order. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  /** Sees a request first; true: it has answered. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  addManifest(repository: string, tag: string, mediaType: string, document: object): string;
  addBlob(bytes: Buffer | string): { digest: string; size: number };
  close(): Promise<void>;
}

export async function startTestRegistry(): Promise<TestRegistry> {
  const uploads = new Map<string, Buffer>();
  const registry: Omit<TestRegistry, 'registry' | 'close'> = {
    blobs: new Map(),
    manifests: new Map(),
    asked: [],
    headers: [],
    intercept: () => false,
    addManifest(repository, tag, mediaType, document) {
      const bytes = Buffer.from(JSON.stringify(document));
      const digest = digestOf(bytes);
      for (const reference of [digest, tag])
        registry.manifests.set(`${repository}:${reference}`, { mediaType, bytes });
      return digest;
    },
    addBlob(content) {
      const bytes = Buffer.from(content);
      const digest = digestOf(bytes);
      registry.blobs.set(digest, bytes);
      return { digest, size: bytes.length };
    },
  };
  const server = createServer((request, response) => {
    registry.asked.push(`${request.method} ${request.url}`);
    registry.headers.push(request.headers);
    if (registry.intercept(request, response)) return;
    void answer(registry, uploads, request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(registry, {
    registry: `127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function answer(
  { blobs, manifests }: Pick<TestRegistry, 'blobs' | 'manifests'>,
  uploads: Map<string, Buffer>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://registry');
  const body = Buffer.concat(await request.toArray());
  const end = (status: number, headers: Record<string, string> = {}, bytes: Buffer = Buffer.alloc(0)) => {
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
  const [, repository = '', kind, rest = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname) ?? [];
  const method = request.method ?? '';
  if (kind === 'manifests') {
    if (method === 'PUT') {
      const stored = { mediaType: request.headers['content-type'] ?? '', bytes: body };
      const digest = digestOf(body);
      for (const reference of [digest, rest]) manifests.set(`${repository}:${reference}`, stored);
      end(201, { 'docker-content-digest': digest });
      return;
    }
    const found = manifests.get(`${repository}:${rest}`);
    if (found)
      end(
        200,
        { 'content-type': found.mediaType, 'docker-content-digest': digestOf(found.bytes) },
        found.bytes,
      );
    else end(404);
  } else if (kind === 'tags') {
    const tags = [...manifests.keys()].map((key) => key.slice(repository.length + 1));
    const own = tags.filter((tag) => !tag.startsWith('sha256:'));
    end(200, {}, Buffer.from(JSON.stringify({ name: repository, tags: own })));
  } else if (rest.startsWith('uploads/')) {
    const id = rest.slice('uploads/'.length);
    if (method === 'POST') {
      const mount = url.searchParams.get('mount');
      if (mount && blobs.has(mount)) {
        end(201);
        return;
      }
      const made = randomUUID();
      uploads.set(made, Buffer.alloc(0));
      end(202, { location: `/v2/${repository}/blobs/uploads/${made}` });
      return;
    }
    const all = Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), body]);
    if (method === 'DELETE') end(204);
    else if (method === 'PATCH') {
      uploads.set(id, all);
      end(202, { location: `/v2/${repository}/blobs/uploads/${id}`, range: `0-${all.length - 1}` });
    } else if (digestOf(all) === url.searchParams.get('digest')) {
      blobs.set(digestOf(all), all);
      end(201);
    } else end(400);
  } else {
    const found = blobs.get(rest);
    if (!found) {
      end(404);
      return;
    }
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const part = found.subarray(start);
    end(
      from === undefined ? 200 : 206,
      from === undefined ? {} : { 'content-range': `bytes ${start}-${found.length - 1}/${found.length}` },
      part,
    );
  }
}
