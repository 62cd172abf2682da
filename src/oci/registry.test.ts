import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../common/clock.ts';
import { copyImage } from './copy.ts';
import { digestOf } from './digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from './media-types.ts';
import { openRegistry, type RegistryOptions } from './registry.ts';
import { plainSettings } from './settings.ts';
import { startTestRegistry, type TestRegistry } from './testing/registry.ts';

let remote: TestRegistry;
beforeEach(async () => {
  remote = await startTestRegistry();
});
afterEach(() => remote.close());

const open = (options: Partial<RegistryOptions> = {}) =>
  openRegistry({
    registry: remote.registry,
    settings: plainSettings,
    clock: systemClock,
    firstDelay: 1,
    stallMilliseconds: 300,
    ...options,
  });
const layer = Buffer.alloc(3_000_000, 'layer ');

function addImage(repository = 'app', tag = '1') {
  const config = remote.addBlob('{}');
  const data = remote.addBlob(layer);
  const digest = remote.addManifest(repository, tag, OCI_MANIFEST, {
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...data }],
  });
  return { digest, config, data };
}

describe('pulling', () => {
  it('reads manifests and blobs, and tells what is not there', async () => {
    const { digest, data } = addImage();
    const app = open().repository('app');
    expect(await app.manifest('1')).toMatchObject({ digest, mediaType: OCI_MANIFEST });
    expect(await app.manifest('2')).toBeUndefined();
    expect(await app.blob(digestOf('nothing'))).toBeUndefined();
    const blob = await app.blob(data.digest);
    expect(blob?.size).toBe(layer.length);
    expect(digestOf(await buffer(await blob!.open()))).toBe(data.digest);
    expect(await buffer(await blob!.open(2_999_997))).toEqual(layer.subarray(2_999_997));
    expect(await app.tags()).toEqual(['1']);
  });

  it('asks for the rest of a blob whose connection breaks', async () => {
    const { data } = addImage();
    let broken = 0;
    remote.intercept = (request, response) => {
      if (request.method !== 'GET' || broken === 3) return false;
      broken += 1;
      const from = Number(/=(\d+)/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from ? 206 : 200, {
        'content-length': String(layer.length - from),
        ...(from ? { 'content-range': `bytes ${from}-${layer.length - 1}/${layer.length}` } : {}),
      });
      response.write(layer.subarray(from, from + 500_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    const blob = await open().repository('app').blob(data.digest);
    expect(digestOf(await buffer(await blob!.open()))).toBe(data.digest);
    expect(broken).toBe(3);
    expect(remote.headers.filter(({ range }) => range !== undefined).length).toBe(3);
  });

  it('goes on where a server ignores Range', async () => {
    const { data } = addImage();
    let first = true;
    remote.intercept = (request, response) => {
      if (request.method !== 'GET') return false;
      delete request.headers.range;
      if (!first) return false;
      first = false;
      response.writeHead(200, { 'content-length': String(layer.length) });
      response.write(layer.subarray(0, 400_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    const blob = await open().repository('app').blob(data.digest);
    expect(digestOf(await buffer(await blob!.open()))).toBe(data.digest);
  });

  it('gives up on a server that breaks off again and again', async () => {
    const { data } = addImage();
    remote.intercept = (request, response) => {
      if (request.method !== 'GET') return false;
      response.writeHead(200, { 'content-length': String(layer.length) });
      response.write('x', () => response.destroy());
      return true;
    };
    const blob = await open({ attempts: 3 }).repository('app').blob(data.digest);
    await expect(buffer(await blob!.open(5))).rejects.toMatchObject({ code: 'registry-content' });
  });

  it('tells a server that stalls, before its answer and within it', async () => {
    const { data } = addImage();
    const app = open().repository('app');
    const blob = await app.blob(data.digest);
    remote.intercept = (_request, response) => {
      response.writeHead(200, { 'content-length': String(layer.length) });
      response.write('some');
      return true;
    };
    await expect(buffer(await blob!.open())).rejects.toMatchObject({
      code: 'registry-stalled',
      registry: remote.registry,
      repository: 'app',
      message: expect.stringContaining('sent nothing for 0.3 s'),
    });
    remote.intercept = () => true;
    await expect(app.manifest('1')).rejects.toMatchObject({ code: 'registry-stalled' });
  });

  it('refuses a manifest with another digest than its name', async () => {
    const { digest } = addImage();
    remote.manifests.set(`app:${digest}`, { mediaType: OCI_MANIFEST, bytes: Buffer.from('{}') });
    await expect(open().repository('app').manifest(digest)).rejects.toMatchObject({
      code: 'registry-content',
      message: expect.stringContaining(digest),
    });
  });

  it('waits as long as a busy registry asks for, and tells what it said at last', async () => {
    addImage();
    let turn = 0;
    remote.intercept = (_request, response) => {
      turn += 1;
      if (turn === 3) return false;
      response.writeHead(turn === 1 ? 429 : 503, { 'retry-after': '0' }).end();
      return true;
    };
    const app = open().repository('app');
    expect(await app.manifest('1')).toBeDefined();
    remote.intercept = (_request, response) => {
      response
        .writeHead(429, { 'retry-after': '3600' })
        .end('{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}');
      return true;
    };
    await expect(app.manifest('1')).rejects.toMatchObject({
      code: 'registry-busy',
      message: expect.stringMatching(/429 Too Many Requests: server message: toomanyrequests: slow down$/),
    });
  });

  it('tells a registry that is not there', async () => {
    const gone = remote.registry;
    await remote.close();
    await expect(open({ registry: gone }).repository('app').manifest('1')).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: `failed to do request: GET "http://${gone}/v2/app/manifests/1": dial tcp 127.0.0.1:${gone.split(':')[1]}: connect: connection refused`,
    });
  });

  it('takes the authorization to no other host', async () => {
    const { data } = addImage();
    const storage = await startTestRegistry();
    storage.blobs.set(data.digest, layer);
    remote.intercept = (request, response) => {
      if (request.headers.authorization !== 'Basic dTpw') {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
        return true;
      }
      response.writeHead(307, { location: `http://${storage.registry}/v2/store/blobs/${data.digest}` }).end();
      return true;
    };
    const credentials = { kind: 'password', username: 'u', password: 'p' } as const;
    const blob = await open({ credentials }).repository('app').blob(data.digest);
    expect(digestOf(await buffer(await blob!.open()))).toBe(data.digest);
    expect(storage.headers.every(({ authorization }) => authorization === undefined)).toBe(true);
    await storage.close();
  });
});

describe('mirrors', () => {
  const mirrored = (mirrors: readonly string[]) => ({
    ...plainSettings,
    places: {
      hubMirrors: [],
      insecure: [],
      entries: [
        {
          prefix: 'example.test',
          location: remote.registry,
          insecure: false,
          blocked: false,
          mirrors: mirrors.map((location) => ({ location, insecure: false, pull: 'all' as const })),
        },
      ],
    },
  });

  it('are asked first, and passed over where they fail or have it not', async () => {
    const { digest } = addImage('app');
    const mirror = await startTestRegistry();
    const said: string[] = [];
    const registry = open({
      registry: 'example.test',
      settings: mirrored([`${mirror.registry}/cache`]),
      log: (message) => said.push(message),
    });
    expect((await registry.repository('app').manifest('1'))?.digest).toBe(digest);
    expect(mirror.asked).toEqual(['GET /v2/cache/app/manifests/1']);
    mirror.intercept = (_request, response) => {
      response.writeHead(403).end();
      return true;
    };
    expect((await registry.repository('app').manifest('1'))?.digest).toBe(digest);
    expect(said[0]).toContain('403 Forbidden');
    await mirror.close();
  });
});

describe('pushing', () => {
  const sent = { mediaType: 'x', digest: digestOf(layer), size: layer.length };

  it('sends what is missing, mounts what another repository has, the tag last', async () => {
    const { digest } = addImage();
    const listed = remote.addManifest('app', 'all', OCI_INDEX, {
      schemaVersion: 2,
      manifests: [{ mediaType: OCI_MANIFEST, digest, size: 1 }],
    });
    const other = await startTestRegistry();
    const sink = open({ registry: other.registry });
    const source = open().repository('app');
    const progress: string[] = [];
    const copied = await copyImage({
      source,
      sink: sink.repository('copy'),
      reference: 'all',
      tag: 'latest',
      onProgress: ({ kind }) => progress.push(kind),
    });
    expect(copied).toBe(listed);
    expect(other.manifests.has(`copy:${digest}`) && other.manifests.has('copy:latest')).toBe(true);
    expect(digestOf(other.blobs.get(sent.digest)!)).toBe(sent.digest);
    expect(progress[0]).toBe('planned');
    expect(progress.filter((kind) => kind === 'blob')).toHaveLength(2);
    expect(other.asked.at(-1)).toBe('PUT /v2/copy/manifests/latest');
    const before = other.asked.length;
    other.intercept = (request) => {
      // The second repository sees no blob but by a mount.
      if (request.method === 'HEAD' && request.url?.includes('/second/')) request.url = '/v2/none/blobs/none';
      return false;
    };
    await copyImage({ source, sink: sink.repository('second'), reference: '1', mountFrom: 'copy' });
    const posts = other.asked.slice(before).filter((line) => line.startsWith('POST'));
    expect(posts.every((line) => line.includes('mount=') && line.includes('from=copy'))).toBe(true);
    expect(posts).toHaveLength(2);
    await other.close();
  });

  it('sends in chunks once a whole blob was too large', async () => {
    addImage();
    const other = await startTestRegistry();
    other.intercept = (request, response) => {
      if (request.method !== 'PUT' || Number(request.headers['content-length']) < 2_000_000) return false;
      response.writeHead(413, { connection: 'close' }).end();
      return true;
    };
    const sink = open({ registry: other.registry }).repository('copy');
    await copyImage({ source: open().repository('app'), sink, reference: '1' });
    expect(other.asked.some((line) => line.startsWith('PATCH'))).toBe(true);
    expect(other.blobs.has(sent.digest)).toBe(true);
    await other.close();
  });

  it('sends nothing under a digest that the content has not', async () => {
    const app = open().repository('app');
    const wrong = { ...sent, digest: digestOf('else') };
    await expect(app.putBlob(wrong, Readable.from([layer]))).rejects.toMatchObject({
      code: 'registry-content',
    });
    await expect(
      app.putBlob({ ...wrong, size: 3 }, Readable.from([Buffer.from('abc')])),
    ).rejects.toMatchObject({ code: 'registry-content' });
    expect(remote.blobs.size).toBe(0);
  });
});
