import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collect } from './collect.ts';
import { openLeases } from './leases.ts';
import { openImageStore } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-leases-'));
  for (const name of ['one', 'other']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lease = (name: string, digests: readonly string[] = [], layers: readonly string[] = []) =>
  openLeases(folder, join(folder, name), async () => ({ digests, layers }));

it('tells regions of a cache what the others use', async () => {
  const one = lease('one', ['d1'], ['l1']);
  const other = lease('other', ['d2'], ['l2']);
  await Promise.all([one.renew(), other.renew()]);
  expect(await one.others()).toEqual({
    digests: new Set(['d2']),
    layers: new Set(['l2']),
    living: [process.pid],
  });
});

it('holds while a region is down, and no longer than its state', async () => {
  await lease('other', ['d2']).renew();
  const [file = ''] = readdirSync(join(folder, 'leases'));
  const path = join(folder, 'leases', file);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), began: '1' }));
  const one = lease('one');
  const down = await one.others();
  expect([[...down.digests], down.living]).toEqual([['d2'], []]);
  // It comes up again: what ran is on its way back.
  await lease('other').renew();
  expect([...(await one.others()).digests]).toEqual(['d2']);
  rmSync(join(folder, 'other'), { recursive: true });
  expect([...(await one.others()).digests]).toEqual([]);
  expect(readdirSync(join(folder, 'leases'))).toEqual([]);
});

it('keeps from pruning what another region runs, and what it may be at work on', async () => {
  const store = openImageStore(join(folder, 'cache'));
  const made = async (key: string, reference?: string) => {
    await store.ensureLayer(key.repeat(64), async (draft) => writeFileSync(join(draft, key), key));
    const digest = await store.putManifest({
      config: { environment: {}, exposedPorts: [], volumes: [] },
      layers: [key.repeat(64)],
    });
    if (reference) await store.putReference({ reference, digest, origin: 'pull' });
    return digest;
  };
  const theirs = await made('1', 'example.com/theirs:1');
  await made('2', 'example.com/nobodys:1');
  await made('3');
  const options = {
    inUse: new Set<string>(),
    keepLayers: new Set<string>(),
    keepDigests: new Set([theirs]),
    all: true,
    measure: async () => 0,
  };
  const now = Date.now();
  const careful = await collect(store, { ...options, shared: true, now });
  expect([careful.references, careful.layers, careful.blobs]).toEqual([['example.com/nobodys:1'], 0, 0]);
  const later = await collect(store, { ...options, shared: true, now: now + 2 * 3_600_000 });
  expect(later.layers).toBe(2);
  expect(await store.layerNames()).toHaveLength(1);
  expect(await store.manifest(theirs)).toBeDefined();
});
