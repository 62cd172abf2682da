import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beginning, isAlive } from '../../process/lock.ts';
import { sha256 } from './canonical.ts';
import { readJson, writeWhole } from './files.ts';

/** What one region uses of a cache that others use too; it holds for as long as that region's state is there. */
interface Lease {
  readonly stateDirectory: string;
  readonly pid: number;
  readonly began: string;
  /** Of the images that run, or that ran when the region ended and will again. */
  readonly digests: readonly string[];
  /** Names of layer directories. */
  readonly layers: readonly string[];
}
export type InUse = Pick<Lease, 'digests' | 'layers'>;

/** What the other regions of a cache use. */
export interface OthersInUse {
  readonly digests: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
  /** Process ids of those that live: they may be building or pulling at this moment. */
  readonly living: readonly number[];
}
export interface Leases {
  /** Tells the others what this region uses now. */
  renew(): Promise<void>;
  others(): Promise<OthersInUse>;
}

/** How long after the start of a region what ran before counts as in use: it is on its way back. */
const returning = 60_000;

export function openLeases(directory: string, stateDirectory: string, now: () => Promise<InUse>): Leases {
  const folder = join(directory, 'leases');
  const path = join(folder, `${sha256(stateDirectory).slice(0, 32)}.json`);
  const began = Date.now();
  const before = readJson<Lease>(path).catch(() => undefined);
  let last: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    const current = await now();
    const earlier = Date.now() - began < returning ? await before : undefined;
    const lease: Lease = {
      stateDirectory,
      pid: process.pid,
      began: beginning(process.pid),
      digests: [...new Set([...current.digests, ...(earlier?.digests ?? [])])],
      layers: [...new Set([...current.layers, ...(earlier?.layers ?? [])])],
    };
    await writeWhole(path, JSON.stringify(lease));
  }
  return {
    renew() {
      const written = last.then(write);
      last = written.catch(() => undefined);
      return written;
    },
    async others() {
      const digests = new Set<string>();
      const layers = new Set<string>();
      const living: number[] = [];
      for (const name of await readdir(folder).catch(() => [] as string[])) {
        const file = join(folder, name);
        if (file === path || !name.endsWith('.json')) continue;
        const lease = await readJson<Lease>(file).catch(() => undefined);
        if (!lease || !existsSync(lease.stateDirectory)) {
          await rm(file, { force: true });
          continue;
        }
        for (const digest of lease.digests) digests.add(digest);
        for (const layer of lease.layers) layers.add(layer);
        if (lives(lease)) living.push(lease.pid);
      }
      return { digests, layers, living };
    },
  };
}

/** Process ids come again; with the same beginning they do not. */
const lives = ({ pid, began }: Lease): boolean => isAlive(pid) && beginning(pid) === began;
