import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageConfig } from '../runtime.ts';
import { canonicalJson, sha256 } from './canonical.ts';

/** What a manifest holds: the digest is taken over exactly this, so equal keys and configuration give an equal image. */
export interface Manifest {
  readonly config: ImageConfig;
  /** Layer keys, bottom first. */
  readonly layers: readonly string[];
}
export interface StoredReference {
  readonly reference: string;
  readonly digest: string;
  readonly standIn?: string;
}

/** Images on disk, addressed by content. Writers in several processes may race: whoever renames first wins, the results are equal. */
export interface ImageStore {
  /** The folder that layer names are relative to. */
  readonly layersDirectory: string;
  layerPath(key: string): string;
  hasLayer(key: string): Promise<boolean>;
  /** Makes the layer with `fill` (which gets an empty directory) unless it is there; the directory appears whole or not at all. */
  ensureLayer(key: string, fill: (directory: string) => Promise<void>): Promise<{ readonly cached: boolean }>;
  putManifest(manifest: Manifest): Promise<string>;
  manifest(digest: string): Promise<Manifest | undefined>;
  putReference(entry: StoredReference): Promise<void>;
  reference(reference: string): Promise<StoredReference | undefined>;
}

export function openImageStore(
  directory: string,
  remove: (path: string) => Promise<void> = removeTree,
): ImageStore {
  const layersDirectory = join(directory, 'layers');
  const temporary = join(directory, 'tmp');
  const pending = new Map<string, Promise<{ readonly cached: boolean }>>();
  // Half of the digest: 128 bits name a layer, and a hundred of them fit into the one page that mount options may take.
  const layerPath = (key: string) => join(layersDirectory, key.slice(0, 32));
  const manifestPath = (digest: string) =>
    join(directory, 'manifests', `${digest.replace('sha256:', '')}.json`);
  const referencePath = (reference: string) => join(directory, 'references', `${sha256(reference)}.json`);
  const hasLayer = (key: string) => exists(layerPath(key));

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
  return {
    layersDirectory,
    layerPath,
    hasLayer,
    ensureLayer(key, fill) {
      const running = pending.get(key) ?? makeLayer(key, fill).finally(() => pending.delete(key));
      pending.set(key, running);
      return running;
    },
    async putManifest(manifest) {
      const text = canonicalJson(manifest);
      const digest = `sha256:${sha256(text)}`;
      await writeWhole(manifestPath(digest), text);
      return digest;
    },
    manifest: (digest) => readJson<Manifest>(manifestPath(digest)),
    putReference: (entry) => writeWhole(referencePath(entry.reference), canonicalJson(entry)),
    reference: (reference) => readJson<StoredReference>(referencePath(reference)),
  };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(draft, text);
  await rename(draft, path);
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const removeTree = (path: string) => rm(path, { recursive: true, force: true });
