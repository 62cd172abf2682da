import { contentError, readBlob } from './blob-reader.ts';
import { digestOf, isDigest } from './digest.ts';
import type { Endpoint } from './endpoints.ts';
import { RegistryError, type Place } from './errors.ts';
import { MANIFEST_TYPES } from './media-types.ts';
import type { ImageSink, ImageSource, ManifestDocument } from './model.ts';
import type { RetryOptions } from './retry.ts';
import type { Session } from './session.ts';
import type { HttpResponse } from './transport.ts';
import { createUploader } from './upload.ts';

/** A repository of a registry. Reading asks its mirrors first; writing goes to the registry itself. */
export interface RegistryRepository extends ImageSource, ImageSink {
  readonly registry: string;
  readonly repository: string;
  /** Takes a blob over from another repository of the same registry; false where it has none such to give. */
  mountBlob(digest: string, from: string): Promise<boolean>;
  /** By HEAD, which Docker Hub does not count as a pull. */
  hasManifest(reference: string): Promise<boolean>;
  /** Undefined where there is no such repository. */
  tags(): Promise<readonly string[] | undefined>;
}

/** What registries must take at least, and this takes at most: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MANIFEST_LIMIT = 4 << 20;

export interface Contact {
  readonly endpoint: Endpoint;
  readonly session: Session;
}

export function createRepository(
  place: Place,
  /** Mirrors first, the registry itself last. */
  contacts: readonly Contact[],
  retry: RetryOptions,
  log: (message: string) => void,
): RegistryRepository {
  const home = contacts.at(-1)!;
  const pull = ({ endpoint }: Contact) => `repository:${endpoint.repository}:pull`;
  const push = `repository:${home.endpoint.repository}:pull,push`;
  const path = ({ endpoint }: Contact, rest: string) => `/v2/${endpoint.repository}/${rest}`;
  const uploader = createUploader(home.endpoint, home.session, push);

  /** The first contact that has it; what a mirror fails with is told and passed over. */
  async function first<T>(
    reference: string,
    read: (contact: Contact) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const only = isDigest(reference) ? 'tag-only' : 'digest-only';
    for (const contact of contacts) {
      if (contact.endpoint.mirror === only) continue;
      if (contact === home) return read(contact);
      try {
        const found = await read(contact);
        if (found !== undefined) return found;
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        log(`mirror ${contact.endpoint.registry} of ${place.registry}: ${error.message}`);
      }
    }
    return undefined;
  }

  async function getManifest(contact: Contact, reference: string): Promise<ManifestDocument | undefined> {
    const { session } = contact;
    const response = await session.send({
      method: 'GET',
      target: path(contact, `manifests/${reference}`),
      headers: { accept: MANIFEST_TYPES.join(', ') },
      scope: pull(contact),
    });
    if (response.status === 404) return absent(response);
    if (response.status !== 200) throw await session.refuse('GET', response);
    const bytes = await response.bytes(MANIFEST_LIMIT).catch((error: unknown) => {
      throw contentError(
        place,
        `manifest ${reference}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    const digest = digestOf(bytes);
    const wanted = isDigest(reference) ? reference : headerOf(response, 'docker-content-digest');
    if (wanted !== undefined && wanted !== digest && isDigest(wanted))
      throw contentError(place, `manifest ${reference}: the content has the digest ${digest}, not ${wanted}`);
    return { mediaType: mediaTypeOf(response, bytes), digest, bytes };
  }

  async function getBlob(contact: Contact, digest: string, from: number): Promise<HttpResponse> {
    const response = await contact.session.send({
      method: 'GET',
      target: path(contact, `blobs/${digest}`),
      headers: from > 0 ? { range: `bytes=${from}-` } : {},
      scope: pull(contact),
    });
    if (response.status === 200 || response.status === 206) return response;
    throw await contact.session.refuse('GET', response);
  }

  /** By HEAD; storage that a registry redirects to may take signed GETs only. */
  async function sizeOf(contact: Contact, digest: string): Promise<number | undefined> {
    const response = await contact.session.send({
      method: 'HEAD',
      target: path(contact, `blobs/${digest}`),
      scope: pull(contact),
      redirect: 'keep',
    });
    response.discard();
    if (response.status === 404) return undefined;
    const length = Number(response.headers['content-length'] ?? NaN);
    if (response.status === 200 && Number.isFinite(length)) return length;
    const whole = await getBlob(contact, digest, 0);
    const size = Number(whole.headers['content-length'] ?? NaN);
    whole.discard();
    if (!Number.isFinite(size)) throw contentError(place, `${digest} came without its length`);
    return size;
  }

  return {
    ...place,
    manifest: (reference) => first(reference, (contact) => getManifest(contact, reference)),
    blob: (digest) =>
      first(digest, async (contact) => {
        const size = await sizeOf(contact, digest);
        if (size === undefined) return undefined;
        return {
          size,
          open: async (from = 0) =>
            readBlob(place, { digest, size }, from, (at) => getBlob(contact, digest, at), retry),
        };
      }),
    hasManifest: async (reference) =>
      (await first(reference, async (contact) => {
        const response = await contact.session.send({
          method: 'HEAD',
          target: path(contact, `manifests/${reference}`),
          headers: { accept: MANIFEST_TYPES.join(', ') },
          scope: pull(contact),
        });
        if (response.status === 404) return absent(response);
        if (response.status !== 200) throw await contact.session.refuse('HEAD', response);
        response.discard();
        return true;
      })) ?? false,
    async hasBlob(digest) {
      const response = await home.session.send({
        method: 'HEAD',
        target: path(home, `blobs/${digest}`),
        scope: push,
        redirect: 'keep',
      });
      response.discard();
      if (response.status === 404) return false;
      if (response.status < 400) return true;
      throw await home.session.refuse('HEAD', response);
    },
    putBlob: (descriptor, content) => uploader.put(descriptor, content),
    async mountBlob(digest, from) {
      const query = new URLSearchParams({ mount: digest, from });
      const response = await home.session.send({
        method: 'POST',
        target: path(home, `blobs/uploads/?${query}`),
        scope: `${push} repository:${from}:pull`,
        body: new Uint8Array(),
      });
      response.discard();
      if (response.status === 201) return true;
      const { location } = response.headers;
      // An upload was begun in its place, which nobody needs.
      if (response.status === 202 && location !== undefined)
        await home.session
          .send({ method: 'DELETE', target: new URL(location, response.url).href, scope: push })
          .then((answer) => answer.discard())
          .catch(() => undefined);
      return false;
    },
    async putManifest(document, tag) {
      const response = await home.session.send({
        method: 'PUT',
        target: path(home, `manifests/${tag ?? document.digest}`),
        headers: { 'content-type': document.mediaType },
        body: document.bytes,
        scope: push,
      });
      if (response.status !== 201 && response.status !== 200)
        throw await home.session.refuse('PUT', response);
      response.discard();
      const stored = headerOf(response, 'docker-content-digest');
      if (stored !== undefined && stored !== document.digest)
        throw contentError(place, `manifest ${document.digest} was stored as ${stored}`);
    },
    async tags() {
      const all: string[] = [];
      let target: string | undefined = path(home, 'tags/list?n=1000');
      while (target !== undefined) {
        const response: HttpResponse = await home.session.send({ method: 'GET', target, scope: pull(home) });
        if (response.status === 404) return absent(response);
        if (response.status !== 200) throw await home.session.refuse('GET', response);
        const { tags } = JSON.parse((await response.bytes(64 << 20)).toString('utf8')) as {
          tags?: string[] | null;
        };
        all.push(...(tags ?? []));
        // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
        const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headerOf(response, 'link') ?? '') ?? [];
        target = next === undefined ? undefined : new URL(next, response.url).href;
      }
      return all;
    },
  };
}

function absent(response: HttpResponse): undefined {
  response.discard();
  return undefined;
}

function headerOf({ headers }: HttpResponse, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The header's; where a careless server labels everything as text or JSON, the document's own. */
function mediaTypeOf(response: HttpResponse, bytes: Uint8Array): string {
  const [type = ''] = (headerOf(response, 'content-type') ?? '').split(';');
  if (MANIFEST_TYPES.includes(type.trim())) return type.trim();
  try {
    const { mediaType } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { mediaType?: string };
    return mediaType ?? type.trim();
  } catch {
    return type.trim();
  }
}
