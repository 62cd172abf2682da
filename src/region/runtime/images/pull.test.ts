import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../common/clock.ts';
import { OperationError } from '../../../common/problem.ts';
import type { ImageSource } from '../../../oci/model.ts';
import { openRegistry } from '../../../oci/registry.ts';
import { plainSettings } from '../../../oci/settings.ts';
import { type FaultyRegistry, faultyRegistry } from '../testing/faulty-registry.ts';
import { madeImage, madeIndex, madeLayer, madeSource, type MadeImage } from '../testing/made-images.ts';
import { pullImage } from './pull.ts';
import { type ImageStore, openImageStore } from './store.ts';

let folder: string;
let count = 0;
let store: ImageStore;
let place: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-pull-'));
});
beforeEach(() => {
  place = join(folder, String(count++));
  store = openImageStore(place);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pull = (source: ImageSource, name = 'v1') =>
  pullImage(store, source, { reference: `example/app:${name}`, name, onTransfer: () => {} });
const failureOf = async (work: Promise<unknown>): Promise<OperationError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OperationError);
  return error as OperationError;
};
/** Nothing half made is left, and no layer that was not whole. */
async function expectSound(layers = 0): Promise<void> {
  if (existsSync(join(place, 'tmp'))) expect(readdirSync(join(place, 'tmp'))).toEqual([]);
  expect(await store.layerNames()).toHaveLength(layers);
  for (const { digest, size } of await store.blobs.list()) {
    if (digest.endsWith('.part')) continue;
    const bytes = await store.blobs.bytes(digest);
    expect(bytes?.length).toBe(size);
  }
}

describe('pulling', () => {
  it('brings the image for this machine out of a list, with its configuration', async () => {
    const own = madeImage([await madeLayer([{ name: 'a', content: 'own' }])], {
      Entrypoint: ['/a'],
      Cmd: null,
      Env: ['A=b=c', 'EMPTY='],
      User: 'nobody',
      WorkingDir: '/srv',
      StopSignal: 'SIGQUIT',
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Volumes: { '/data': {} },
      Labels: { one: '1' },
      Healthcheck: { Test: ['CMD', '/a'], Interval: 5e9, Retries: 2 },
    });
    const other = madeImage([await madeLayer([{ name: 'a', content: 'other' }])]);
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const list = madeIndex({
      'linux/s390x': other,
      'windows/amd64': other,
      [`linux/${architecture}`]: own,
      'unknown/unknown': other,
    });
    const digest = await pull(madeSource({ own }, { v1: list }));
    expect(digest).toBe(list.digest);
    const manifest = await store.manifest(list.digest);
    expect(manifest?.config).toEqual({
      entrypoint: ['/a'],
      environment: { A: 'b=c', EMPTY: '' },
      user: 'nobody',
      workingDirectory: '/srv',
      stopSignal: 'SIGQUIT',
      exposedPorts: [
        { port: 80, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
      ],
      volumes: ['/data'],
      labels: { one: '1' },
      healthCheck: { test: ['CMD', '/a'], intervalSeconds: 5, retries: 2 },
    });
    expect(manifest?.layers.map(store.layerPath).map((path) => readdirSync(path))).toEqual([['a']]);
    await expectSound(1);
  });

  it('refuses what is for other machines, and says for which', async () => {
    const other = madeImage([await madeLayer([{ name: 'a', content: '' }])], {}, { architecture: 's390x' });
    const list = madeIndex({ 'linux/s390x': other, 'linux/arm/v6': other });
    const { code, message } = await failureOf(pull(madeSource({ other }, { v1: list })));
    expect(code).toBe('image-platform');
    expect(message).toMatch(
      /^CannotPullContainerError: .*matching platform 'linux\/.*linux\/s390x, linux\/arm\/v6.*exec format error/,
    );
    expect((await failureOf(pull(madeSource({ v1: other })))).message).toContain('linux/s390x');
    expect(await pull(madeSource({}))).toBeUndefined();
  });

  it('takes shared layers once, and tells how far it is', async () => {
    const shared = await madeLayer([{ name: 'shared', content: 'x'.repeat(100_000) }]);
    const first = madeImage([shared, await madeLayer([{ name: 'one', content: '1' }])]);
    const second = madeImage([shared, await madeLayer([{ name: 'two', content: '2' }])]);
    const told: string[] = [];
    const source = madeSource({ first, second });
    const asked: string[] = [];
    const counting: ImageSource = { ...source, blob: (digest) => (asked.push(digest), source.blob(digest)) };
    await pullImage(store, counting, {
      reference: 'r',
      name: 'first',
      onTransfer: ({ state }) => void told.push(state),
    });
    await pullImage(store, counting, {
      reference: 'r',
      name: 'second',
      onTransfer: ({ state }) => void told.push(state),
    });
    expect(asked.filter((digest) => digest === shared.descriptor.digest)).toHaveLength(1);
    expect(new Set(told)).toEqual(new Set(['waiting', 'downloading', 'unpacking', 'done', 'present']));
    await expectSound(3);
  });
});

describe('content that is not what it says', () => {
  const evil = async (changes: (image: MadeImage) => MadeImage) =>
    pull(
      madeSource({ v1: changes(madeImage([await madeLayer([{ name: 'a', content: 'x'.repeat(50_000) }])])) }),
    );

  it('is refused: another configuration than the manifest names', async () => {
    const { code, message } = await failureOf(
      evil((image) => {
        const [name = ''] = image.blobs.keys();
        return { ...image, blobs: new Map([...image.blobs, [name, Buffer.from('{}')]]) };
      }),
    );
    expect([code, message]).toEqual(['image-content', expect.stringContaining('unexpected commit size 2')]);
    await expectSound();
  });

  it('is refused: another content than the configuration says', async () => {
    const layer = await madeLayer([{ name: 'a', content: 'a' }]);
    const other = await madeLayer([{ name: 'a', content: 'b' }]);
    const image = madeImage([{ ...layer, descriptor: other.descriptor, bytes: other.bytes }]);
    const { code, message } = await failureOf(pull(madeSource({ v1: image })));
    expect([code, message]).toEqual([
      'image-content',
      expect.stringContaining("the image's configuration says"),
    ]);
    await expectSound();
  });

  it.each([
    ['../evil', 'leads out of the root'],
    ['/evil', 'absolute path'],
  ])('is refused: a file named %s, and the next image comes', async (name, words) => {
    const image = madeImage([
      await madeLayer([{ name: 'good', content: 'x' }]),
      await madeLayer([
        { name: 'first', content: 'x' },
        { name, content: 'x' },
      ]),
    ]);
    const { code, message } = await failureOf(pull(madeSource({ v1: image })));
    expect(code).toBe('image-layer-broken');
    expect(message).toMatch(
      new RegExp(`^CannotPullContainerError: .*failed to extract layer sha256:.*${words}`),
    );
    const sound = madeImage([await madeLayer([{ name: 'first', content: 'x' }])]);
    expect(await pull(madeSource({ v1: sound }))).toBe(sound.digest);
  });
});

describe('a registry that fails', () => {
  let registry: FaultyRegistry;
  let image: MadeImage;
  beforeAll(async () => {
    const content = Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * at * 31) >> 7));
    image = madeImage([
      await madeLayer([{ name: 'a', content }], 'none'),
      await madeLayer([{ name: 'b', content: 'b' }]),
    ]);
    registry = await faultyRegistry({ v1: image });
  });
  afterAll(() => registry.stop());
  const source = () =>
    openRegistry({
      registry: registry.host,
      settings: plainSettings,
      clock: systemClock,
      stallMilliseconds: 300,
      attempts: 2,
      firstDelay: 10,
    }).repository('example/app');

  it.each([
    ['wrong-digest', 'image-content', /unexpected commit digest sha256:[0-9a-f]{64}, expected sha256:/],
    ['truncated', 'registry-content', /unexpected EOF/],
    ['stalled', 'registry-stalled', /300 ms|0\.3 s|stall|no answer|nothing/i],
    ['expired-token', 'registry-denied', /authori|token|locked/i],
    ['busy', 'registry-busy', /429|toomanyrequests/i],
  ] as const)('is told once, clearly, and the next pull works: %s', async (fault, code, words) => {
    registry.fault = fault;
    const failure = await failureOf(pull(source()));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(words);
    expect(failure.fix).toBeTruthy();
    await expectSound((await store.layerNames()).length);
    expect(await store.manifest(image.digest)).toBeUndefined();

    registry.fault = 'none';
    expect(await pull(source())).toBe(image.digest);
    await expectSound(2);
  });

  it('may break off: the rest is asked for, not the whole', async () => {
    registry.fault = 'breaking';
    registry.requests.length = 0;
    expect(await pull(source())).toBe(image.digest);
    const ranges = registry.requests.filter((request) => request.includes('bytes='));
    expect(ranges.some((request) => request.includes(image.layers[0]!.descriptor.digest))).toBe(true);
    await expectSound(2);
  });

  it('is asked for the rest by the next pull', async () => {
    registry.fault = 'stalled';
    await failureOf(pull(source()));
    registry.fault = 'none';
    registry.requests.length = 0;
    expect(await pull(source())).toBe(image.digest);
    const [large] = image.layers;
    expect(
      registry.requests.filter(
        (request) => request.startsWith('GET') && request.includes(large!.descriptor.digest),
      ),
    ).toEqual([expect.stringMatching(/bytes=\d{4,}-$/)]);
    await expectSound(2);
  });
});

describe('a full disk', () => {
  let program: string;
  beforeAll(async () => {
    program = join(folder, 'small-disk.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('../testing/small-disk.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      banner: {
        js: "import { createRequire as __c } from 'node:module'; const require = __c(import.meta.url);",
      },
    });
  });

  it.each(['download', 'unpack'])('is told, and what fits can be pulled afterwards (%s)', (kind) => {
    const disk = join(folder, `disk-${kind}`);
    mkdirSync(disk);
    const script = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" "$3" "$1" "$4"';
    const output = execFileSync(
      'unshare',
      ['-Urm', 'sh', '-c', script, 'sh', disk, process.execPath, program, kind],
      { encoding: 'utf8' },
    );
    const { first, second, layers, blobs } = JSON.parse(output) as Record<string, unknown>;
    expect(first).toEqual({
      code: 'disk-full',
      message: expect.stringMatching(/^CannotPullContainerError: .*no space left on device/),
    });
    expect(second).toMatch(/^sha256:/);
    expect(layers).toHaveLength(1);
    expect(blobs).toBeLessThanOrEqual(5);
  });
});
