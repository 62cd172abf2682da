import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from '../../../oci/model.ts';
import { exists, readJson, writeWhole } from './files.ts';
import type { LayerWorker } from './layer/worker.ts';

/** What is known of a layer beyond its files. */
export interface LayerInfo {
  readonly diffId: string;
  /** Of the archive without compression. */
  readonly size: number;
  /** How it came, where it came from a registry; absent: its archive is packed when someone wants it. */
  readonly blob?: Descriptor;
  /** Owners of directories, where they could not be kept. */
  readonly owners?: Readonly<Record<string, string>>;
  /** What could not be kept of it. */
  readonly notes?: readonly string[];
}

/** Directories that overlayfs stacks, by key: a hash of what made them, or the digest of what they hold. */
export interface Layers {
  /** The folder that layer names are relative to. */
  readonly layersDirectory: string;
  layerPath(key: string): string;
  hasLayer(key: string): Promise<boolean>;
  /** Makes the layer with `fill` (which gets an empty directory) unless it is there; the directory appears whole or not at all. */
  ensureLayer(key: string, fill: (directory: string) => Promise<void>): Promise<{ readonly cached: boolean }>;
  layerInfo(key: string): Promise<LayerInfo | undefined>;
  putLayerInfo(key: string, info: LayerInfo): Promise<void>;
  /** The same, told by packing it once where nobody knows yet. */
  describeLayer(key: string): Promise<LayerInfo>;
  /** The key of a layer that holds this content, present or yet to come. */
  keyOf(diffId: string): Promise<string>;
  /** Names of the directories that are there (see `layerName`). */
  layerNames(): Promise<readonly string[]>;
  removeLayer(name: string): Promise<void>;
}

/** Half of the digest: 128 bits name a layer, and a hundred of them fit into the one page that mount options may take. */
export const layerName = (key: string): string => key.slice(0, 32);
const hex = (diffId: string) => diffId.replace('sha256:', '');

export function openLayers(
  directory: string,
  worker: LayerWorker,
  remove: (path: string) => Promise<void>,
): Layers {
  const layersDirectory = join(directory, 'layers');
  const temporary = join(directory, 'tmp');
  const pending = new Map<string, Promise<{ readonly cached: boolean }>>();
  const described = new Map<string, Promise<LayerInfo>>();
  const layerPath = (key: string) => join(layersDirectory, layerName(key));
  const infoPath = (key: string) => join(directory, 'layer-info', `${layerName(key)}.json`);
  const diffIdPath = (diffId: string) => join(directory, 'diff-ids', `${hex(diffId)}.json`);
  const hasLayer = (key: string) => exists(layerPath(key));
  const layerInfo = (key: string) => readJson<LayerInfo>(infoPath(key));

  async function makeLayer(key: string, fill: (directory: string) => Promise<void>) {
    if (await hasLayer(key)) return { cached: true };
    const draft = join(temporary, `${key.slice(0, 12)}-${randomBytes(6).toString('hex')}`);
    await mkdir(draft, { recursive: true });
    await mkdir(layersDirectory, { recursive: true });
    try {
      await fill(draft);
      await rename(draft, layerPath(key));
    } catch (error) {
      await remove(draft);
      if (!(await hasLayer(key))) throw error;
    }
    return { cached: false };
  }
  async function putLayerInfo(key: string, info: LayerInfo): Promise<void> {
    await writeWhole(infoPath(key), JSON.stringify(info));
    const known = await readJson<{ readonly key: string }>(diffIdPath(info.diffId));
    if (!known || !(await hasLayer(known.key)))
      await writeWhole(diffIdPath(info.diffId), JSON.stringify({ key }));
  }
  async function describe(key: string): Promise<LayerInfo> {
    const known = await layerInfo(key);
    if (known) return known;
    const { diffId, size } = await worker.pack(layerPath(key));
    const info = { diffId, size };
    await putLayerInfo(key, info);
    return info;
  }

  return {
    layersDirectory,
    layerPath,
    hasLayer,
    layerInfo,
    putLayerInfo,
    ensureLayer(key, fill) {
      const running = pending.get(key) ?? makeLayer(key, fill).finally(() => pending.delete(key));
      pending.set(key, running);
      return running;
    },
    describeLayer(key) {
      const running = described.get(key) ?? describe(key).finally(() => described.delete(key));
      described.set(key, running);
      return running;
    },
    async keyOf(diffId) {
      if (await hasLayer(hex(diffId))) return hex(diffId);
      const known = await readJson<{ readonly key: string }>(diffIdPath(diffId));
      return known && (await hasLayer(known.key)) ? known.key : hex(diffId);
    },
    layerNames: () => readdir(layersDirectory).catch(() => []),
    async removeLayer(name) {
      // Out of sight first: what is half removed must not be taken for a layer.
      const doomed = join(temporary, `removed-${name.slice(0, 12)}-${randomBytes(6).toString('hex')}`);
      await mkdir(temporary, { recursive: true });
      await rename(layerPath(name), doomed);
      const info = await layerInfo(name);
      await rm(infoPath(name), { force: true });
      if (info) {
        // Another layer may hold the same.
        const named = await readJson<{ readonly key: string }>(diffIdPath(info.diffId));
        if (named && layerName(named.key) === name) await rm(diffIdPath(info.diffId), { force: true });
      }
      await remove(doomed);
    },
  };
}
