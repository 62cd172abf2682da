import { createReadStream, existsSync } from 'node:fs';
import { link, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Blobs, openBlobs } from './blobs.ts';
import { openReferences, type References } from './references.ts';

/**
 * What clients pushed into the registry of a region is its state: names and content lie in a folder of the region's own, which the
 * cache's removal leaves alone and no other region sees. To all others it looks like a part of the store.
 */
export interface Pushed {
  readonly blobs: Blobs;
  readonly references: References;
  /** Makes content that the store has a part of what was pushed. */
  keep(digest: string): Promise<void>;
}

export function withPushed(cache: Blobs, names: References, directory: string): Pushed {
  const own = openBlobs(directory);
  const ownNames = openReferences(directory);
  const path = (digest: string) => (existsSync(own.path(digest)) ? own.path(digest) : cache.path(digest));
  const size: Blobs['size'] = async (digest) => (await own.size(digest)) ?? cache.size(digest);

  return {
    async keep(digest) {
      if ((await own.size(digest)) !== undefined) return;
      const file = cache.path(digest);
      await mkdir(dirname(own.path(digest)), { recursive: true });
      await link(file, own.path(digest)).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return;
        // Another file system.
        await own.put({ digest, size: (await cache.size(digest)) ?? 0 }, createReadStream(file));
      });
    },
    blobs: {
      ...cache,
      path,
      size,
      bytes: async (digest) => (await own.bytes(digest)) ?? cache.bytes(digest),
      open: (digest, from = 0) => createReadStream(path(digest), { start: from, highWaterMark: 256 * 1024 }),
      async put(descriptor, content) {
        if ((await size(descriptor.digest)) !== descriptor.size) await cache.put(descriptor, content);
      },
      async list() {
        const found = new Map((await cache.list()).map((blob) => [blob.digest, blob]));
        for (const blob of await own.list()) found.set(blob.digest, blob);
        return [...found.values()];
      },
      async remove(digest) {
        await Promise.all([own.remove(digest), cache.remove(digest)]);
      },
    },
    references: {
      putReference: (entry) => (entry.origin === 'push' ? ownNames : names).putReference(entry),
      reference: async (name) => (await ownNames.reference(name)) ?? names.reference(name),
      async references() {
        const found = new Map((await names.references()).map((entry) => [entry.reference, entry]));
        for (const entry of await ownNames.references())
          found.set(entry.reference, { ...found.get(entry.reference), ...entry });
        return [...found.values()].sort((a, b) => (a.reference < b.reference ? -1 : 1));
      },
      async removeReference(name) {
        await Promise.all([ownNames.removeReference(name), names.removeReference(name)]);
      },
    },
  };
}
