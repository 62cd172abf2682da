import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { OperationError } from '../../../common/problem.ts';
import { digestOf } from '../../../oci/digest.ts';
import { isForeignLayer, OCI_MANIFEST } from '../../../oci/media-types.ts';
import type { Descriptor, ImageConfiguration, ImageManifest, ManifestDocument } from '../../../oci/model.ts';
import type { ImageConfig } from '../runtime.ts';
import { type Blobs, openBlobs } from './blobs.ts';
import { canonicalJson, sha256 } from './canonical.ts';
import { fromImageConfig, toImageConfig } from './configuration.ts';
import { mediaTypeOf, parseManifest } from './documents.ts';
import { readJson, writeWhole } from './files.ts';
import { type LayerWorker, localWorker } from './layer/worker.ts';
import { type Layers, openLayers } from './layers.ts';
import { chooseManifest, machinePlatform } from './platform.ts';
import { withPushed } from './pushed.ts';
import { openReferences, type References } from './references.ts';

export type { StoredReference } from './references.ts';

/** An image as what runs and builds it sees it. */
export interface Manifest {
  readonly config: ImageConfig;
  /** Layer keys, bottom first. */
  readonly layers: readonly string[];
}

/** Images on disk, addressed by content. Writers in several processes may race: whoever renames first wins, the results are equal. */
export interface ImageStore extends Layers, References {
  readonly blobs: Blobs;
  readonly worker: LayerWorker;
  /** Makes a manifest, or a list, and all that it names a part of what was pushed, which outlives the cache. */
  keepPushed(digest: string): Promise<void>;
  /**
   * Makes an OCI image of layers that are in the store; gives its digest. Equal keys and configuration give an equal image, told without
   * looking at the layers again. The archives of layers that were made here are packed when someone reads them (`content`).
   */
  putManifest(manifest: Manifest): Promise<string>;
  /** The image with this digest; of a list the one for this machine. Its layers may have to be unpacked yet. */
  manifest(digest: string): Promise<Manifest | undefined>;
  /** A manifest or a list as it was stored. */
  document(digest: string): Promise<ManifestDocument | undefined>;
  /** The manifest for this machine with its configuration, as they travel. */
  image(digest: string): Promise<StoredImage | undefined>;
  /** A blob, or the archive of a layer that was made here. */
  content(
    digest: string,
  ): Promise<{ readonly size: number; open(from?: number): Promise<Readable> } | undefined>;
}
export interface StoredImage {
  /** Of the manifest itself, not of a list. */
  readonly digest: string;
  readonly manifest: ImageManifest;
  readonly configuration: ImageConfiguration;
}

const plainLayer = 'application/vnd.oci.image.layer.v1.tar';
const configType = 'application/vnd.oci.image.config.v1+json';

export function openImageStore(
  directory: string,
  remove: (path: string) => Promise<void> = removeTree,
  worker: LayerWorker = localWorker,
  /** Where what is pushed lies; absent: in the store itself. */
  pushedDirectory?: string,
): ImageStore {
  const cached = { blobs: openBlobs(directory), references: openReferences(directory) };
  const pushed =
    pushedDirectory === undefined ? undefined : withPushed(cached.blobs, cached.references, pushedDirectory);
  const { blobs, references } = pushed ?? cached;
  const layers = openLayers(directory, worker, remove);
  const packing = new Map<string, Promise<void>>();

  async function document(digest: string): Promise<ManifestDocument | undefined> {
    const bytes = await blobs.bytes(digest);
    return bytes && { digest, bytes, mediaType: mediaTypeOf(bytes) };
  }

  async function image(digest: string): Promise<StoredImage | undefined> {
    const found = await document(digest);
    if (!found) return undefined;
    const parsed = parseManifest(found);
    if (parsed.kind === 'index') {
      const chosen = chooseManifest(parsed.manifests);
      return chosen && image(chosen.digest);
    }
    const bytes = await blobs.bytes(parsed.manifest.config.digest);
    if (!bytes) return undefined;
    return {
      digest,
      manifest: parsed.manifest,
      configuration: JSON.parse(bytes.toString()) as ImageConfiguration,
    };
  }

  async function keepPushed(digest: string): Promise<void> {
    const found = await document(digest);
    if (!pushed || !found) return;
    const parsed = parseManifest(found);
    if (parsed.kind === 'index') for (const child of parsed.manifests) await keepPushed(child.digest);
    else
      for (const blob of [parsed.manifest.config, ...parsed.manifest.layers]) {
        if (isForeignLayer(blob.mediaType)) continue;
        const key = await layers.keyOf(blob.digest);
        if ((await blobs.size(blob.digest)) === undefined && (await layers.hasLayer(key)))
          await packed(key, blob.digest);
        await pushed.keep(blob.digest);
      }
    await pushed.keep(digest);
  }

  async function putBytes(bytes: Buffer): Promise<string> {
    const digest = digestOf(bytes);
    if ((await blobs.size(digest)) === undefined) await writeWhole(blobs.path(digest), bytes);
    return digest;
  }

  async function make({ config, layers: keys }: Manifest): Promise<string> {
    const infos = await Promise.all(keys.map((key) => layers.describeLayer(key)));
    const configuration: ImageConfiguration = {
      architecture: machinePlatform.architecture,
      os: machinePlatform.os,
      ...(machinePlatform.variant ? { variant: machinePlatform.variant } : {}),
      config: fromImageConfig(config),
      rootfs: { type: 'layers', diff_ids: infos.map(({ diffId }) => diffId) },
    };
    const text = Buffer.from(canonicalJson(configuration));
    const manifest: ImageManifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: configType, digest: await putBytes(text), size: text.length },
      layers: infos.map(
        ({ blob, diffId, size }): Descriptor => blob ?? { mediaType: plainLayer, digest: diffId, size },
      ),
    };
    return putBytes(Buffer.from(canonicalJson(manifest)));
  }

  /** The archive of a layer that was made here, packed into the blobs. */
  async function pack(key: string, digest: string): Promise<void> {
    const file = await blobs.draft();
    try {
      const { diffId } = await worker.pack(layers.layerPath(key), file);
      if (diffId !== digest)
        throw new OperationError({
          code: 'image-layer-changed',
          message: `the files of layer ${digest} have changed on this machine since it was made`,
          fix: 'build the image again with --no-cache',
        });
      await blobs.adopt(digest, file);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }
  function packed(key: string, digest: string): Promise<void> {
    const running = packing.get(digest) ?? pack(key, digest).finally(() => packing.delete(digest));
    packing.set(digest, running);
    return running;
  }

  return {
    ...layers,
    ...references,
    blobs,
    worker,
    keepPushed,
    document,
    image,
    async putManifest(manifest) {
      const memo = join(directory, 'made', `${sha256(canonicalJson([2, manifest]))}.json`);
      const known = await readJson<{ readonly digest: string }>(memo);
      if (known && (await image(known.digest))) return known.digest;
      const digest = await make(manifest);
      await writeWhole(memo, JSON.stringify({ digest }));
      return digest;
    },
    async manifest(digest) {
      const found = await image(digest);
      if (!found) return undefined;
      const { configuration } = found;
      return {
        config: toImageConfig(configuration),
        layers: await Promise.all(configuration.rootfs.diff_ids.map(layers.keyOf)),
      };
    },
    async content(digest) {
      const size = await blobs.size(digest);
      if (size !== undefined) return { size, open: async (from = 0) => blobs.open(digest, from) };
      const key = await layers.keyOf(digest);
      const info = (await layers.hasLayer(key)) ? await layers.layerInfo(key) : undefined;
      if (!info || info.diffId !== digest || info.blob) return undefined;
      return {
        size: info.size,
        async open(from = 0) {
          await packed(key, digest);
          return createReadStream(blobs.path(digest), { start: from });
        },
      };
    },
  };
}

const removeTree = (path: string) => rm(path, { recursive: true, force: true });
