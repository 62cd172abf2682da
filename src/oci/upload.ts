import { pipeline, Readable } from 'node:stream';
import { verifying } from './digest.ts';
import { contentError } from './blob-reader.ts';
import { RegistryError, type Place } from './errors.ts';
import type { Descriptor } from './model.ts';
import type { Session } from './session.ts';
import type { HttpResponse } from './transport.ts';

/** Below this a blob is held, and sent again where that helps. */
const HELD = 1 << 20;
/** ECR takes no smaller ones but the last (5 MiB), and proxies often no larger ones. */
const CHUNK = 8 << 20;

export interface Uploader {
  put(descriptor: Descriptor, content: Readable): Promise<void>;
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs */
export function createUploader(place: Place, session: Session, scope: string): Uploader {
  /** Once a registry (or what stands before it) finds a whole blob too large, it is sent in chunks. */
  let chunked = false;

  async function begin(): Promise<{ readonly location: string; readonly chunk: number }> {
    const path = `/v2/${place.repository}/blobs/uploads/`;
    const response = await session.send({ method: 'POST', target: path, scope, body: new Uint8Array() });
    if (response.status !== 202) throw await session.refuse('POST', response);
    const minimum = Number(response.headers['oci-chunk-min-length'] ?? 0);
    response.discard();
    return { location: locationOf(response), chunk: Math.max(CHUNK, minimum) };
  }

  async function finish(location: string, digest: string, body: Uint8Array | Readable, size: number) {
    const response = await session.send({
      method: 'PUT',
      target: withDigest(location, digest),
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
      body,
      scope,
    });
    if (response.status !== 201 && response.status !== 204) throw await session.refuse('PUT', response);
    response.discard();
  }

  async function putChunks(descriptor: Descriptor, content: Readable): Promise<void> {
    const begun = await begin();
    let { location } = begun;
    let at = 0;
    for await (const chunk of chunksOf(content, begun.chunk)) {
      const response = await session.send({
        method: 'PATCH',
        target: location,
        headers: {
          'content-type': 'application/octet-stream',
          'content-range': `${at}-${at + chunk.length - 1}`,
        },
        body: chunk,
        scope,
      });
      if (response.status !== 202) throw await session.refuse('PATCH', response);
      location = locationOf(response);
      response.discard();
      at += chunk.length;
    }
    await finish(location, descriptor.digest, new Uint8Array(), 0);
  }

  return {
    async put(descriptor, content) {
      const checked = pipeline(content, verifying(descriptor), () => undefined);
      try {
        if (descriptor.size <= HELD) {
          const bytes = Buffer.concat(await checked.toArray());
          const { location } = await begin();
          await finish(location, descriptor.digest, bytes, bytes.length);
        } else if (chunked) await putChunks(descriptor, checked);
        else {
          const { location } = await begin();
          await finish(location, descriptor.digest, checked, descriptor.size);
        }
      } catch (error) {
        checked.destroy();
        // Who refuses a large body may hang up before anybody reads why.
        chunked ||=
          error instanceof RegistryError &&
          (error.status === 413 || error.code === 'registry-unreachable') &&
          descriptor.size > HELD;
        if (error instanceof Error && error.name === 'DigestMismatch')
          throw contentError(place, error.message);
        throw error;
      }
    },
  };

  /** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#post-then-put: absolute or relative */
  function locationOf({ headers, url, status, statusText }: HttpResponse): string {
    if (headers.location !== undefined) return new URL(headers.location, url).href;
    throw new RegistryError({
      ...place,
      code: 'registry-error',
      status,
      message: `unexpected answer to an upload at ${url.origin}${url.pathname}: ${status} ${statusText} without a Location`,
    });
  }
}

function withDigest(location: string, digest: string): string {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url.href;
}

async function* chunksOf(content: Readable, size: number): AsyncGenerator<Buffer, void, void> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const part of content as AsyncIterable<Buffer>) {
    parts.push(part);
    held += part.length;
    if (held < size) continue;
    const all = Buffer.concat(parts);
    let at = 0;
    for (; at + size <= all.length; at += size) yield all.subarray(at, at + size);
    parts = [all.subarray(at)];
    held = all.length - at;
  }
  if (held > 0) yield Buffer.concat(parts);
}
