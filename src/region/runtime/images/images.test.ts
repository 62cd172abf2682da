import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from './canonical.ts';
import { officialName, parseReference } from './reference.ts';
import { openImageStore } from './store.ts';
import { listIn, lookUp, readTextIn } from './view.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-images-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('references', () => {
  it.each([
    ['redis', 'docker.io', 'library/redis', undefined, 'redis'],
    ['redis:7-alpine', 'docker.io', 'library/redis', '7-alpine', 'redis'],
    ['docker.io/library/redis:7.2', 'docker.io', 'library/redis', '7.2', 'redis'],
    ['public.ecr.aws/docker/library/node:20', 'public.ecr.aws', 'docker/library/node', '20', 'node'],
    ['me/redis', 'docker.io', 'me/redis', undefined, undefined],
    ['localhost:5000/redis:1', 'localhost:5000', 'redis', '1', undefined],
  ])('%s', (text, registry, repository, tag, official) => {
    const parsed = parseReference(text);
    expect(parsed).toEqual({ registry, repository, ...(tag ? { tag } : {}) });
    expect(parsed && officialName(parsed)).toBe(official);
  });
  it('are no reference', () => {
    for (const text of ['', 'Redis', 'a b', 'redis:', 'redis@sha256:12', '/x', '../x'])
      expect(parseReference(text)).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys and means the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(value)).toBe(canonicalJson(reversed));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the store', () => {
  it('makes a layer once, whole or not at all', async () => {
    const store = openImageStore(join(folder, 'store'));
    const key = 'a'.repeat(64);
    const failing = store.ensureLayer(key, (draft) => {
      writeFileSync(join(draft, 'half'), '');
      return Promise.reject(new Error('no space'));
    });
    await expect(failing).rejects.toThrow('no space');
    expect(await store.hasLayer(key)).toBe(false);
    expect(readdirSync(join(folder, 'store/tmp'))).toEqual([]);
    let filled = 0;
    const fill = async (draft: string) => {
      filled++;
      writeFileSync(join(draft, 'file'), '');
    };
    const other = openImageStore(join(folder, 'store'));
    await Promise.all([
      store.ensureLayer(key, fill),
      store.ensureLayer(key, fill),
      other.ensureLayer(key, fill),
    ]);
    expect(filled).toBeLessThanOrEqual(2);
    expect(await store.ensureLayer(key, fill)).toEqual({ cached: true });
    expect(readdirSync(store.layerPath(key))).toEqual(['file']);
    expect(readdirSync(join(folder, 'store/tmp'))).toEqual([]);
  });

  it('makes OCI images of its layers, named by their content', async () => {
    const store = openImageStore(join(folder, 'store'));
    const [first, second] = ['1', '2'].map((digit) => digit.repeat(64)) as [string, string];
    for (const key of [first, second])
      await store.ensureLayer(key, async (draft) => {
        mkdirSync(join(draft, 'etc'));
        writeFileSync(join(draft, 'etc/name'), key);
      });
    const config = { environment: { A: '1' }, exposedPorts: [], volumes: [], command: ['sh'] };
    const digest = await store.putManifest({ config, layers: [first, second] });
    expect(await store.putManifest({ layers: [first, second], config })).toBe(digest);
    expect(await store.putManifest({ config, layers: [first] })).not.toBe(digest);
    expect(await store.manifest(digest)).toEqual({ config, layers: [first, second] });
    expect(await store.manifest(`sha256:${'0'.repeat(64)}`)).toBeUndefined();

    const document = await store.document(digest);
    const { layers } = JSON.parse(String(document && Buffer.from(document.bytes))) as {
      layers: { digest: string; size: number; mediaType: string }[];
    };
    expect(layers.map(({ mediaType }) => mediaType)).toEqual(
      layers.map(() => 'application/vnd.oci.image.layer.v1.tar'),
    );
    for (const { digest: layer, size } of layers) {
      const content = await store.content(layer);
      const bytes = await buffer(await content!.open());
      expect([content?.size, bytes.length, `sha256:${sha256(bytes)}`]).toEqual([size, size, layer]);
      expect((await buffer(await content!.open(512))).equals(bytes.subarray(512))).toBe(true);
    }
  });
});

describe('the view of a stack', () => {
  it('resolves links inside, from top to bottom, and never leaves', async () => {
    const [top, bottom] = ['top', 'bottom'].map((name) => join(folder, name));
    if (!top || !bottom) throw new Error('two layers');
    for (const path of [
      join(top, 'usr/bin'),
      join(bottom, 'usr/bin'),
      join(bottom, 'etc'),
      join(bottom, 'gone/sub'),
    ])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(bottom, 'etc/name'), 'inside');
    writeFileSync(join(bottom, 'usr/bin/low'), 'low');
    writeFileSync(join(top, 'usr/bin/high'), 'high');
    writeFileSync(join(top, 'gone'), 'a file now');
    symlinkSync('usr/bin', join(bottom, 'bin'));
    symlinkSync('../../../../etc/name', join(top, 'usr/bin/up'));
    symlinkSync('/etc', join(top, 'abs'));
    symlinkSync('loop', join(top, 'loop'));
    const layers = [top, bottom];
    expect(await readTextIn(layers, '/bin/low')).toBe('low');
    expect(await readTextIn(layers, '/bin/up')).toBe('inside');
    expect((await lookUp(layers, '/abs/new/file')).path).toBe('/etc/new/file');
    expect((await lookUp(layers, 'name', '/etc')).stats?.isFile()).toBe(true);
    expect((await lookUp(layers, '/gone/sub')).stats).toBeUndefined();
    expect(await listIn(layers, '/bin')).toEqual(['high', 'low', 'up']);
    await expect(lookUp(layers, '/loop')).rejects.toThrow('too many symbolic links');
  });
});
