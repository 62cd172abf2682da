import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createResolver } from './resolve.ts';
import { buildSink, localRepositories, standInsBelow } from './repositories.ts';
import { type ImageStore, openImageStore } from './store.ts';
import { madeImage, madeLayer, madeSource, type MadeImage } from '../testing/made-images.ts';

const registry = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
let folder: string;
let image: MadeImage;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-pushed-'));
  image = madeImage([await madeLayer([{ name: 'a', content: 'a' }])], { User: 'app' });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The store of a region whose cache others share. */
const storeOf = (region: string) =>
  openImageStore(join(folder, 'cache'), undefined, undefined, join(folder, region));
const repositoriesOf = (store: ImageStore) => localRepositories(store, registry, () => 7);
const resolverOf = (store: ImageStore) =>
  createResolver({
    store,
    registry,
    maker: {
      available: async () => false,
      key: async () => 'none',
      make: () => Promise.reject(new Error('no stand-in')),
    },
  });

async function fill(sink: Pick<ReturnType<typeof buildSink>, 'putBlob' | 'putManifest'>, tag?: string) {
  const source = madeSource({ v1: image });
  for (const [digest, bytes] of image.blobs)
    await sink.putBlob(
      { mediaType: '', digest, size: bytes.length },
      await (await source.blob(digest))!.open(),
    );
  await sink.putManifest(image.manifest, tag);
}

describe('what was pushed', () => {
  it('outlives the cache', async () => {
    await fill(repositoriesOf(storeOf('one')).repository('team/app'), 'v1');
    const reference = `${registry}/team/app:v1`;
    expect((await resolverOf(storeOf('one')).resolve(reference)).config.user).toBe('app');
    rmSync(join(folder, 'cache'), { recursive: true });
    const again = storeOf('one');
    expect(await repositoriesOf(again).names()).toEqual(['team/app']);
    expect((await resolverOf(again).resolve(reference)).digest).toBe(image.digest);
  });

  it('is seen by its own region alone', async () => {
    await fill(repositoriesOf(storeOf('one')).repository('team/app'), 'v1');
    const other = repositoriesOf(storeOf('other'));
    expect(await other.names()).toEqual([]);
    expect(await other.repository('team/app').manifest('v1')).toBeUndefined();
    expect(await storeOf('other').references()).toEqual([]);
  });

  it('takes along layers that were made on this machine', async () => {
    const store = storeOf('one');
    const key = 'c'.repeat(64);
    await store.ensureLayer(key, async () => {});
    const digest = await store.putManifest({
      config: { environment: {}, exposedPorts: [], volumes: [] },
      layers: [key],
    });
    await repositoriesOf(store)
      .repository('team/made')
      .putManifest((await store.document(digest))!, 'v1');
    rmSync(join(folder, 'cache'), { recursive: true });
    expect((await resolverOf(storeOf('one')).resolve(`${registry}/team/made:v1`)).layers).toHaveLength(1);
  });

  it('goes with its name', async () => {
    const store = storeOf('one');
    const repository = repositoriesOf(store).repository('team/app');
    await fill(repository, 'v1');
    await repository.remove(image.digest);
    for (const { digest } of await store.blobs.list()) await store.blobs.remove(digest);
    expect([await store.references(), await store.blobs.list()]).toEqual([[], []]);
  });
});

describe('what was built', () => {
  it('is of the cache, and says so once that is gone', async () => {
    const store = storeOf('one');
    await fill(buildSink(store));
    const reference = `${registry}/team/app@${image.digest}`;
    const standIns = [{ reference: 'busybox:1', standIn: 'busybox 1.35' }];
    await store.putReference({ reference, digest: image.digest, origin: 'build', at: 1, standIns });
    expect(await standInsBelow(store, image.digest)).toEqual(standIns);
    expect(await standInsBelow(storeOf('other'), image.digest)).toEqual(standIns);
    rmSync(join(folder, 'cache/blobs'), { recursive: true });
    const { resolve, probe } = resolverOf(store);
    await expect(resolve(reference)).rejects.toThrow('its content is gone from this machine');
    expect(await probe(reference)).toMatchObject({ available: false, fix: 'build it again: `fairway up`' });
    expect(await probe(`${registry}/team/other:1`)).toMatchObject({
      reason: 'repository team/other has no such image',
      fix: 'push it to this region, or let `fairway up` build it',
    });
  });
});
