import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StandInBelow } from '../runtime.ts';
import { canonicalJson, sha256 } from './canonical.ts';
import { readJson, writeWhole } from './files.ts';

/** A name for an image: what a user writes, or one of the store's own (`stand-in:…`). */
export interface StoredReference {
  readonly reference: string;
  readonly digest: string;
  readonly standIn?: string;
  /** Milliseconds since the epoch. */
  readonly at?: number;
  /**
   * What made it. A build's name by digest is only as good as what uses it: pruning keeps a repository's newest. All others stay until
   * they are removed.
   */
  readonly origin?: 'build' | 'push' | 'pull' | 'stand-in';
  /** Of a build: what serves in it for what its name says. */
  readonly standIns?: readonly StandInBelow[];
  /** Layers besides the image's own that it should keep: those of other stages. */
  readonly layers?: readonly string[];
}

export interface References {
  putReference(entry: StoredReference): Promise<void>;
  reference(reference: string): Promise<StoredReference | undefined>;
  references(): Promise<readonly StoredReference[]>;
  removeReference(reference: string): Promise<void>;
}

export function openReferences(directory: string): References {
  const folder = join(directory, 'references');
  const path = (reference: string) => join(folder, `${sha256(reference)}.json`);
  return {
    putReference: (entry) => writeWhole(path(entry.reference), canonicalJson(entry)),
    reference: (reference) => readJson<StoredReference>(path(reference)),
    async references() {
      const names = await readdir(folder).catch(() => [] as string[]);
      const found = await Promise.all(
        names
          .filter((name) => name.endsWith('.json'))
          .map((name) => readJson<StoredReference>(join(folder, name))),
      );
      return found
        .filter((entry) => entry !== undefined)
        .sort((a, b) => (a.reference < b.reference ? -1 : 1));
    },
    removeReference: (reference) => rm(path(reference), { force: true }),
  };
}
