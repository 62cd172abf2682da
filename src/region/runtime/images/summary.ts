import type { ImageSummary } from '../runtime.ts';
import { isDigest } from '../../../oci/digest.ts';
import { parseReference } from './reference.ts';
import type { ImageStore, StoredReference } from './store.ts';

/** What `fairway images` shows: a line for each name that a user can write, and for each build. */
export async function summarize(store: ImageStore): Promise<readonly ImageSummary[]> {
  const references = await store.references();
  // A tag's digest needs no line of its own.
  const tagged = new Set(
    references.filter(({ reference }) => !reference.includes('@')).map(({ digest }) => digest),
  );
  const lines = await Promise.all(
    references.map(async (entry) => {
      const name = nameOf(entry);
      if (!name || (name.tag === undefined && entry.origin === 'push' && tagged.has(entry.digest)))
        return undefined;
      const size = await sizeOf(store, entry.digest);
      if (size === undefined) return undefined;
      return {
        ...name,
        reference: entry.reference,
        digest: entry.digest,
        size,
        createdAt: entry.at ?? 0,
        ...(entry.standIn === undefined ? {} : { standIn: entry.standIn }),
      };
    }),
  );
  return lines.filter((line) => line !== undefined);
}

function nameOf({ reference, standIn }: StoredReference) {
  const [, name] = /^stand-in:([^:]+):/.exec(reference) ?? [];
  if (name !== undefined) return standIn === undefined ? undefined : { repository: name };
  const parsed = parseReference(reference);
  if (!parsed || reference.startsWith('base:')) return undefined;
  const { registry, repository, tag } = parsed;
  const familiar =
    registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
  return { repository: familiar, ...(tag === undefined ? {} : { tag }) };
}

/** Of its files where they are unpacked, else as they travel. */
async function sizeOf(store: ImageStore, digest: string): Promise<number | undefined> {
  if (!isDigest(digest)) return undefined;
  const image = await store.image(digest);
  if (!image) return undefined;
  const sizes = await Promise.all(
    image.manifest.layers.map(async ({ size }, index) => {
      const key = await store.keyOf(image.configuration.rootfs.diff_ids[index] ?? '');
      return (await store.layerInfo(key))?.size ?? size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
