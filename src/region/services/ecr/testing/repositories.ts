import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { verifying } from '../../../../oci/digest.ts';
import type { ManifestDocument } from '../../../../oci/model.ts';
import type { LocalRepositories, LocalRepository } from '../../../runtime/runtime.ts';

/** Repositories in memory, for tests. */
export function memoryRepositories(now: () => number): LocalRepositories {
  const known = new Map<string, LocalRepository & { readonly filled: () => boolean }>();
  function open() {
    const blobs = new Map<string, Buffer>();
    const manifests = new Map<string, ManifestDocument & { readonly pushedAt: number }>();
    const tags = new Map<string, string>();
    const repository: LocalRepository & { readonly filled: () => boolean } = {
      filled: () => manifests.size > 0,
      manifest: async (reference) => manifests.get(tags.get(reference) ?? reference),
      async blob(digest) {
        const bytes = blobs.get(digest);
        if (!bytes) return undefined;
        return { size: bytes.length, open: async (from = 0) => Readable.from([bytes.subarray(from)]) };
      },
      hasBlob: async (digest) => blobs.has(digest),
      async putBlob(descriptor, content) {
        const checked = verifying(descriptor);
        const [bytes] = await Promise.all([buffer(checked), pipeline(content, checked)]);
        blobs.set(descriptor.digest, bytes);
      },
      async putManifest(document, tag) {
        if (!manifests.has(document.digest)) manifests.set(document.digest, { ...document, pushedAt: now() });
        if (tag !== undefined) tags.set(tag, document.digest);
      },
      list: async () =>
        [...manifests.values()].map(({ digest, mediaType, bytes, pushedAt }) => ({
          digest,
          mediaType,
          pushedAt,
          size: bytes.length,
          tags: [...tags].filter(([, named]) => named === digest).map(([tag]) => tag),
        })),
      async remove(reference) {
        if (tags.delete(reference)) return true;
        for (const [tag, digest] of tags) if (digest === reference) tags.delete(tag);
        return manifests.delete(reference);
      },
    };
    return repository;
  }
  return {
    names: async () => [...known].filter(([, repository]) => repository.filled()).map(([name]) => name),
    repository(name) {
      const found = known.get(name) ?? open();
      known.set(name, found);
      return found;
    },
  };
}
