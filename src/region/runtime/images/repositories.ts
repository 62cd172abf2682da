import { OperationError } from '../../../common/problem.ts';
import { digestOf, isDigest } from '../../../oci/digest.ts';
import type { ImageSink, ImageSource, ManifestDocument } from '../../../oci/model.ts';
import type { LocalImage, LocalRepositories, LocalRepository, StandInBelow } from '../runtime.ts';
import { parseManifest } from './documents.ts';
import type { ImageStore, StoredReference } from './store.ts';

/** The store itself, read by digest. */
export function sourceOf(store: ImageStore): ImageSource {
  return { manifest: (digest) => store.document(digest), blob: (digest) => store.content(digest) };
}

/** The stand-ins that an image is known to be made from. */
export async function standInsBelow(store: ImageStore, digest: string): Promise<readonly StandInBelow[]> {
  const named = (await store.references()).find((entry) => entry.digest === digest && entry.standIns);
  return named?.standIns ?? [];
}

/** The local registry's repositories: what was built here and what was pushed. `registry` is its host. */
export function localRepositories(store: ImageStore, registry: string, now = Date.now): LocalRepositories {
  const prefix = `${registry}/`;

  async function entries(): Promise<
    readonly { readonly name: string; readonly label: string; readonly entry: StoredReference }[]
  > {
    return (await store.references()).flatMap((entry) => {
      if (!entry.reference.startsWith(prefix)) return [];
      const [, name, label] =
        /^(.*?)(?:@(?=sha256:)|:(?!.*@))(.*)$/.exec(entry.reference.slice(prefix.length)) ?? [];
      return name !== undefined && label !== undefined ? [{ name, label, entry }] : [];
    });
  }
  const nameOf = (name: string, label: string) => `${prefix}${name}${isDigest(label) ? '@' : ':'}${label}`;

  function repository(name: string): LocalRepository {
    const find = (label: string) => store.reference(nameOf(name, label));
    return {
      async manifest(label) {
        const entry = await find(label);
        return entry && store.document(entry.digest);
      },
      blob: (digest) => store.content(digest),
      hasBlob: async (digest) => (await store.content(digest)) !== undefined,
      putBlob: (descriptor, content) => store.blobs.put(descriptor, content),
      async putManifest(document, tag) {
        await checkComplete(store, document);
        const { digest, bytes } = document;
        await store.blobs.put({ digest, size: bytes.length }, one(bytes));
        await store.keepPushed(digest);
        for (const label of [digest, ...(tag === undefined ? [] : [tag])])
          await store.putReference({ reference: nameOf(name, label), digest, origin: 'push', at: now() });
      },
      async list() {
        const own = (await entries()).filter((entry) => entry.name === name);
        const digests = [...new Set(own.map(({ entry }) => entry.digest))];
        const images = await Promise.all(
          digests.map((digest) =>
            describe(
              digest,
              own.filter(({ entry }) => entry.digest === digest),
            ),
          ),
        );
        return images.filter((image) => image !== undefined).sort((a, b) => a.pushedAt - b.pushedAt);
      },
      async remove(label) {
        const entry = await find(label);
        if (!entry) return false;
        const doomed = isDigest(label)
          ? (await entries()).filter((other) => other.name === name && other.entry.digest === label)
          : [{ entry }];
        for (const other of doomed) await store.removeReference(other.entry.reference);
        return true;
      },
    };
  }

  async function describe(
    digest: string,
    own: readonly { readonly label: string; readonly entry: StoredReference }[],
  ): Promise<LocalImage | undefined> {
    const document = await store.document(digest);
    if (!document) return undefined;
    const parsed = parseManifest(document);
    return {
      digest,
      mediaType: document.mediaType,
      tags: own.flatMap(({ label }) => (isDigest(label) ? [] : [label])),
      size: parsed.kind === 'image' ? parsed.manifest.layers.reduce((sum, { size }) => sum + size, 0) : 0,
      pushedAt: Math.max(...own.map(({ entry }) => entry.at ?? 0)),
    };
  }
  return {
    repository,
    names: async () => [...new Set((await entries()).map(({ name }) => name))].sort(),
  };
}

/** Takes what an engine of this machine has built: content of the cache, which no client pushed. */
export function buildSink(store: ImageStore): ImageSink {
  return {
    hasBlob: async (digest) => (await store.content(digest)) !== undefined,
    putBlob: (descriptor, content) => store.blobs.put(descriptor, content),
    async putManifest(document) {
      await checkComplete(store, document);
      await store.blobs.put({ digest: document.digest, size: document.bytes.length }, one(document.bytes));
    },
  };
}

/** A registry takes no manifest before what it names: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
async function checkComplete(store: ImageStore, document: ManifestDocument): Promise<void> {
  const actual = digestOf(document.bytes);
  if (actual !== document.digest)
    throw new OperationError({
      code: 'manifest-digest',
      message: `the manifest ${document.digest} has the digest ${actual}`,
      fix: 'push it again',
    });
  const parsed = parseManifest(document);
  const wanted =
    parsed.kind === 'index'
      ? parsed.manifests.map(({ digest }) => digest)
      : [parsed.manifest.config, ...parsed.manifest.layers].map(({ digest }) => digest);
  for (const digest of wanted)
    if (!(await store.content(digest)))
      throw new OperationError({
        code: 'manifest-blob-unknown',
        message: `the manifest ${document.digest} names ${digest}, which has not been pushed`,
        fix: 'push its layers, configuration and manifests first',
      });
}

async function* one(bytes: Uint8Array): AsyncGenerator<Buffer> {
  yield Buffer.from(bytes);
}
