import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isIndex } from '../../../oci/media-types.ts';
import { parseManifest } from './documents.ts';
import { layerName } from './layers.ts';
import type { ImageStore, StoredReference } from './store.ts';

export interface CollectOptions {
  /** References that something in the region names: task definitions, services. */
  readonly inUse: ReadonlySet<string>;
  /** Digests of images that other regions of this cache use. */
  readonly keepDigests?: ReadonlySet<string>;
  /** Whether another region may be pulling or building at this moment: what is young stays. */
  readonly shared?: boolean;
  /** Names of layer directories that must stay: those of running containers, and the launcher's own. */
  readonly keepLayers: ReadonlySet<string>;
  /** Also what was pulled or stands in and nothing uses. */
  readonly all: boolean;
  readonly now: number;
  /** Bytes that directories take. */
  measure(paths: readonly string[]): Promise<number>;
}
export interface Collected {
  /** Names that went. */
  readonly references: readonly string[];
  readonly layers: number;
  readonly blobs: number;
  readonly bytes: number;
}

/** A blob that no manifest names may be on its way to one. */
const young = 3_600_000;

/** Removes what nothing names any more, names of builds that were followed by others first. */
export async function collect(store: ImageStore, options: CollectOptions): Promise<Collected> {
  const references = await store.references();
  const stays = staying(references, options);
  const gone = references.filter((entry) => !stays.has(entry));
  const others = [...(options.keepDigests ?? [])].map((digest) => ({ digest }));
  const kept = await reachable(store, [...stays, ...others]);
  const unnamed = await reachable(store, await documentsAmong(store, kept.blobs));

  const layers: string[] = [];
  for (const name of await store.layerNames()) {
    if (kept.layers.has(name) || options.keepLayers.has(name)) continue;
    // What was made twice with the same outcome serves the next build under either key.
    const info = await store.layerInfo(name);
    if (info && kept.diffIds.has(info.diffId)) continue;
    if (!options.shared || options.now - (await appearedAt(store.layersDirectory, name)) > young)
      layers.push(name);
  }
  const blobs = (await store.blobs.list()).filter(({ digest, usedAt }) => {
    const name = digest.replace(/\.part$/, '');
    if (kept.blobs.has(name)) return false;
    return (unnamed.blobs.has(name) && !options.shared) || options.now - usedAt > young;
  });
  const measured = await options.measure(layers.map(store.layerPath));
  // Names go first: what has none is not looked for.
  for (const { reference } of gone) await store.removeReference(reference);
  for (const { digest } of blobs) await store.blobs.remove(digest);
  for (const name of layers) await store.removeLayer(name);
  return {
    references: gone.map(({ reference }) => reference),
    layers: layers.length,
    blobs: blobs.length,
    bytes: measured + blobs.reduce((sum, { size }) => sum + size, 0),
  };
}

function staying(
  references: readonly StoredReference[],
  { inUse, all, keepDigests }: CollectOptions,
): ReadonlySet<StoredReference> {
  const newest = new Map<string, StoredReference>();
  for (const entry of references) {
    const name = repositoryOf(entry);
    if (entry.origin === 'build' && (newest.get(name)?.at ?? -1) < (entry.at ?? 0)) newest.set(name, entry);
  }
  return new Set(
    references.filter((entry) => {
      if (inUse.has(entry.reference) || keepDigests?.has(entry.digest)) return true;
      if (entry.origin === 'build') return newest.get(repositoryOf(entry)) === entry;
      return entry.origin === 'push' || !all;
    }),
  );
}

/** When it appeared. */
const appearedAt = (directory: string, name: string): Promise<number> =>
  stat(join(directory, name)).then(
    ({ ctimeMs }) => ctimeMs,
    () => 0,
  );

const repositoryOf = ({ reference }: StoredReference) => reference.slice(0, reference.lastIndexOf('@'));

interface Reachable {
  /** Digests. */
  readonly blobs: Set<string>;
  /** Names of directories. */
  readonly layers: Set<string>;
  readonly diffIds: Set<string>;
}

async function reachable(
  store: ImageStore,
  entries: readonly Pick<StoredReference, 'digest' | 'layers'>[],
): Promise<Reachable> {
  const found: Reachable = { blobs: new Set(), layers: new Set(), diffIds: new Set() };
  for (const { digest, layers = [] } of entries) {
    await mark(store, digest, found);
    // A name may stand for a layer alone.
    found.layers.add(layerName(digest.replace('sha256:', '')));
    for (const key of layers) found.layers.add(layerName(key));
  }
  return found;
}

async function mark(store: ImageStore, digest: string, found: Reachable): Promise<void> {
  if (found.blobs.has(digest)) return;
  const document = await store.document(digest).catch(() => undefined);
  if (!document) return;
  found.blobs.add(digest);
  const parsed = parseManifest(document);
  if (parsed.kind === 'index') {
    for (const child of parsed.manifests) await mark(store, child.digest, found);
    return;
  }
  for (const blob of [parsed.manifest.config, ...parsed.manifest.layers]) found.blobs.add(blob.digest);
  for (const diffId of await diffIdsOf(store, digest)) {
    found.diffIds.add(diffId);
    const key = await store.keyOf(diffId);
    found.layers.add(layerName(key)).add(layerName(diffId.replace('sha256:', '')));
  }
}

async function diffIdsOf(store: ImageStore, digest: string): Promise<readonly string[]> {
  return (await store.image(digest))?.configuration.rootfs.diff_ids ?? [];
}

/** Manifests that are here without a name. */
async function documentsAmong(
  store: ImageStore,
  kept: ReadonlySet<string>,
): Promise<readonly { readonly digest: string }[]> {
  const found: { readonly digest: string }[] = [];
  for (const { digest, size } of await store.blobs.list()) {
    if (kept.has(digest) || digest.endsWith('.part') || size > largestDocument) continue;
    const document = await store.document(digest).catch(() => undefined);
    if (document && (isIndex(document.mediaType) || looksLikeManifest(document.bytes)))
      found.push({ digest });
  }
  return found;
}

const largestDocument = 4 << 20;
function looksLikeManifest(bytes: Uint8Array): boolean {
  const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    readonly config?: { readonly digest?: unknown };
  };
  return typeof body.config?.digest === 'string';
}
