import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { manualClock, type ManualClock } from '../../../common/clock.ts';
import { RegistryError, type RegistryErrorCode } from '../../../oci/errors.ts';
import type { ImageSource } from '../../../oci/model.ts';
import type { StandInMaker } from '../standins/make.ts';
import { madeImage, madeLayer, madeSource, type MadeImage } from '../testing/made-images.ts';
import { collect } from './collect.ts';
import { localRepositories } from './repositories.ts';
import { createResolver } from './resolve.ts';
import { layerName } from './layers.ts';
import { type ImageStore, openImageStore } from './store.ts';

const registry = '000000000000.dkr.ecr.us-east-1.amazonaws.com';
let folder: string;
let count = 0;
let store: ImageStore;
let clock: ManualClock;
let image: MadeImage;
let newer: MadeImage;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-resolve-'));
  image = madeImage([await madeLayer([{ name: 'a', content: 'a' }])], { User: 'app' });
  newer = madeImage([await madeLayer([{ name: 'a', content: 'newer' }])]);
});
beforeEach(() => {
  store = openImageStore(join(folder, String(count++)));
  clock = manualClock();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Makes an empty image, and says so. */
const maker = (): StandInMaker => ({
  available: async () => true,
  key: async ({ names }) => `stand-in:${names[0]}:key`,
  async make({ names }) {
    const digest = await store.putManifest({
      config: { environment: {}, exposedPorts: [], volumes: [] },
      layers: [],
    });
    const standIn = `${names[0]} made here`;
    await store.putReference({ reference: `stand-in:${names[0]}:key`, digest, standIn });
    return { digest, standIn };
  },
});
function resolver(source: ImageSource) {
  let asked = 0;
  const counting: ImageSource = {
    manifest: (name) => (asked++, source.manifest(name)),
    blob: (digest) => source.blob(digest),
  };
  return {
    asked: () => asked,
    ...createResolver({ store, maker: maker(), registry, clock, remote: () => counting }),
  };
}
const failing = (code: RegistryErrorCode): ImageSource => ({
  async manifest() {
    throw new RegistryError({
      code,
      message: `it is ${code}`,
      registry: 'docker.io',
      repository: 'library/redis',
    });
  },
  blob: async () => undefined,
});

describe('an image', () => {
  it('is pulled once, again only when asked to, and read from here then', async () => {
    const tags: Record<string, MadeImage> = { v1: image };
    const { resolve, asked } = resolver({
      manifest: (name) => madeSource(tags).manifest(name),
      blob: (digest) => madeSource(tags).blob(digest),
    });
    const first = await resolve('example.com/app:v1');
    expect([first.digest, first.config.user]).toEqual([image.digest, 'app']);
    const times = asked();
    expect(await resolve('example.com/app:v1')).toEqual(first);
    expect(asked()).toBe(times);
    tags['v1'] = newer;
    expect((await resolve('example.com/app:v1')).digest).toBe(image.digest);
    expect((await resolve('example.com/app:v1', () => {}, { pull: 'always' })).digest).toBe(newer.digest);
    expect((await resolve('example.com/app:v1')).digest).toBe(newer.digest);
    await expect(resolve('example.com/app:v2', () => {}, { pull: 'never' })).rejects.toThrow(
      'pull policy is "never"',
    );
    await expect(resolve('example.com/app:v2')).rejects.toThrow(
      'example.com/app:v2: not found in example.com',
    );
  });

  it('that is here serves where the registry is out of reach', async () => {
    await resolver(madeSource({ v1: image })).resolve('example.com/app:v1');
    const told: string[] = [];
    const away = resolver(failing('registry-unreachable'));
    const found = await away.resolve('example.com/app:v1', (line) => told.push(line), { pull: 'always' });
    expect(found.digest).toBe(image.digest);
    expect(told.join()).toContain('what this machine has of it is used');
  });
});

describe('a stand-in', () => {
  it.each(['registry-unreachable', 'registry-stalled', 'registry-blocked'] as const)(
    'serves for an official name where the registry is out of reach, which is asked once: %s',
    async (code) => {
      const { resolve, probe, asked } = resolver(failing(code));
      const told: string[] = [];
      expect((await resolve('redis:7', (line) => told.push(line))).standIn).toBe('redis made here');
      expect(told).toEqual(['redis:7 stands in: redis made here']);
      expect((await resolve('redis:6')).standIn).toBe('redis made here');
      expect(await probe('redis:5')).toEqual({ available: true, standIn: 'redis made here' });
      expect(asked()).toBe(1);
      await resolve('redis:7', () => {}, { pull: 'always' });
      expect(asked()).toBe(2);
    },
  );

  it('is taken after three seconds of silence', async () => {
    const silent: ImageSource = { manifest: () => new Promise(() => {}), blob: async () => undefined };
    const { resolve, asked } = resolver(silent);
    const found = resolve('redis:7');
    while (asked() === 0) await new Promise((next) => setImmediate(next));
    await clock.advance(2999);
    expect(await Promise.race([found, Promise.resolve('waits')])).toBe('waits');
    await clock.advance(1);
    expect((await found).standIn).toBe('redis made here');
  });

  it('is not taken for what is pinned, not official, denied or not there', async () => {
    const away = resolver(failing('registry-unreachable'));
    await expect(away.resolve(`redis@${image.digest}`)).rejects.toThrow(
      'pinned to a digest, which no stand-in has',
    );
    await expect(away.resolve('someone/redis:7')).rejects.toThrow('nothing on this machine stands in for it');
    await expect(resolver(failing('registry-denied')).resolve('redis:7')).rejects.toThrow(
      'it is registry-denied',
    );
    await expect(resolver(madeSource({})).resolve('redis:77')).rejects.toThrow('not found in docker.io');
    expect(await resolver(madeSource({})).probe('redis:77')).toMatchObject({ available: false });
  });

  it('is not taken where the registry has the image', async () => {
    const { resolve, probe } = resolver(madeSource({ '7': image }));
    expect(await probe('redis:7')).toEqual({ available: true });
    const found = await resolve('redis:7');
    expect([found.digest, found.standIn]).toEqual([image.digest, undefined]);
  });
});

describe('the local registry', () => {
  it('takes what is complete, names it, and gives it to who runs it', async () => {
    const repositories = localRepositories(store, registry, () => 7);
    const repository = repositories.repository('team/app');
    await expect(repository.putManifest(image.manifest, 'v1')).rejects.toThrow('has not been pushed');
    const source = madeSource({ v1: image });
    for (const [digest, bytes] of image.blobs)
      await repository.putBlob(
        { mediaType: '', digest, size: bytes.length },
        await (await source.blob(digest))!.open(),
      );
    await repository.putManifest(image.manifest, 'v1');
    expect(await repositories.names()).toEqual(['team/app']);
    expect(await repository.list()).toEqual([
      {
        digest: image.digest,
        mediaType: image.manifest.mediaType,
        tags: ['v1'],
        size: image.layers[0]!.bytes.length,
        pushedAt: 7,
      },
    ]);
    expect((await repository.manifest('v1'))?.digest).toBe(image.digest);
    expect(await repositories.repository('team/other').manifest(image.digest)).toBeUndefined();
    const { resolve } = resolver(madeSource({}));
    expect((await resolve(`${registry}/team/app:v1`)).config.user).toBe('app');
    expect(await repository.remove('v1')).toBe(true);
    expect(await repository.manifest('v1')).toBeUndefined();
    expect((await repository.manifest(image.digest))?.digest).toBe(image.digest);
    expect(await repository.remove(image.digest)).toBe(true);
    expect(await repositories.names()).toEqual([]);
    await expect(resolve(`${registry}/team/app:v1`)).rejects.toThrow('repository team/app has no such image');
  });
});

describe('pruning', () => {
  const options = (more: object = {}) => ({
    inUse: new Set<string>(),
    keepLayers: new Set<string>(),
    all: false,
    now: Date.now(),
    measure: async (paths: readonly string[]) => paths.length * 1000,
    ...more,
  });
  const layer = async (key: string) => {
    await store.ensureLayer(key, async (draft) => writeFileSync(join(draft, 'file'), key));
    return key;
  };

  it('frees what lost its name, and keeps every tag', async () => {
    const tags: Record<string, MadeImage> = { v1: image };
    const source: ImageSource = {
      manifest: (name) => madeSource(tags).manifest(name),
      blob: (digest) => madeSource(tags).blob(digest),
    };
    const { resolve } = resolver(source);
    await resolve('example.com/app:v1');
    expect(await collect(store, options())).toEqual({ references: [], layers: 0, blobs: 0, bytes: 0 });
    tags['v1'] = newer;
    await resolve('example.com/app:v1', () => {}, { pull: 'always' });
    const freed = await collect(store, options());
    expect([freed.layers, freed.blobs, freed.references]).toEqual([1, 3, []]);
    expect(freed.bytes).toBeGreaterThan(1000);
    expect((await resolve('example.com/app:v1')).digest).toBe(newer.digest);
    expect(await store.image(image.digest)).toBeUndefined();

    const inUse = new Set(['example.com/app:v1']);
    expect((await collect(store, options({ all: true, inUse }))).references).toEqual([]);
    expect((await collect(store, options({ all: true }))).references).toEqual(['example.com/app:v1']);
    expect([await store.layerNames(), await store.blobs.list()]).toEqual([[], []]);
  });

  it('keeps the newest build of a repository, those in use, and what is mounted', async () => {
    const config = { environment: {}, exposedPorts: [], volumes: [] };
    const built = async (key: string, at: number) => {
      const digest = await store.putManifest({
        config: { ...config, command: [key] },
        layers: [await layer(key.repeat(64))],
      });
      const reference = `${registry}/app/web@${digest}`;
      await store.putReference({ reference, digest, origin: 'build', at });
      return reference;
    };
    const [first, second, third] = [await built('1', 1), await built('2', 2), await built('3', 3)];
    const loose = await layer('4'.repeat(64));
    const mounted = await layer('5'.repeat(64));
    const freed = await collect(
      store,
      options({ inUse: new Set([first]), keepLayers: new Set([layerName(mounted)]) }),
    );
    expect(freed.references).toEqual([second]);
    expect(await store.hasLayer(loose)).toBe(false);
    expect(await store.layerNames()).toHaveLength(3);
    for (const reference of [first, third])
      expect(await store.manifest((await store.reference(reference))!.digest)).toBeDefined();
  });

  it('leaves an image whole whose layers are like those that go', async () => {
    const config = { environment: {}, exposedPorts: [], volumes: [] };
    for (const digit of ['6', '7'])
      await store.ensureLayer(digit.repeat(64), async (draft) => writeFileSync(join(draft, 'file'), 'same'));
    const gone = await store.putManifest({
      config: { ...config, command: ['gone'] },
      layers: ['6'.repeat(64)],
    });
    const kept = await store.putManifest({
      config: { ...config, command: ['kept'] },
      layers: ['7'.repeat(64)],
    });
    await store.putReference({ reference: 'example.com/kept:1', digest: kept, origin: 'pull' });
    await collect(store, options());
    expect(await store.image(gone)).toBeUndefined();
    const [key = ''] = (await store.manifest(kept))!.layers;
    expect(await store.hasLayer(key)).toBe(true);
    // Also where one of them is removed.
    await store.removeLayer(layerName('7'.repeat(64)));
    const [other = ''] = (await store.manifest(kept))!.layers;
    expect(await store.hasLayer(other)).toBe(true);
  });
});
