import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnSync } from 'node:child_process';
import { digestOf } from '../../../../oci/digest.ts';
import { OCI_MANIFEST } from '../../../../oci/media-types.ts';
import { testRegion, type TestRegion } from '../../../gateway/testing/region.ts';
import { serveGateway } from '../../../gateway/testing/serve.ts';
import { createEcr } from '../index.ts';
import { memoryRepositories } from '../testing/repositories.ts';

const run = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

/** A test's name, with what it needs and does not have here. */
const named = (program: string) =>
  has(program) ? program : `${program} (needs ${program}, which is not here)`;

let region: TestRegion;
let url: string;
let host: string;
let folder: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-registry-'));
  region = testRegion();
  const repositories = memoryRepositories(() => region.clock.now());
  const ecr = createEcr(region, { repositories: () => repositories });
  region.handlers.ecr = ecr.handlers;
  ({ url, close: stop } = await serveGateway({ ecr }, ecr.registry));
  host = new URL(url).host;
  for (const name of ['app', 'other', 'team/app'])
    await region.api.ecr.CreateRepository({ repositoryName: name });
});
afterAll(async () => {
  await stop();
  region.remove();
  rmSync(folder, { recursive: true, force: true });
});

const call = (method: string, path: string, init: RequestInit = {}) =>
  fetch(path.startsWith('http') ? path : `${url}${path}`, { method, redirect: 'manual', ...init });
const codeOf = async (response: Response) =>
  ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code;
const at = (response: Response, query = '') =>
  new URL(`${response.headers.get('location')}${query}`, url).href;

async function addBlob(repository: string, content: string): Promise<string> {
  const digest = digestOf(content);
  const begun = await call('POST', `/v2/${repository}/blobs/uploads/`);
  const done = await call('PUT', at(begun, `?digest=${digest}`), { body: content });
  expect(done.status).toBe(201);
  return digest;
}
const manifest = (digest: string, layers: readonly string[] = []) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 },
    layers: layers.map((layer) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      digest: layer,
      size: 1,
    })),
  });

// The cases of https://github.com/opencontainers/distribution-spec/tree/main/conformance, written by hand.
describe('pull', () => {
  test('what is not there is told in the form of the specification', async () => {
    const none = digestOf('none');
    const cases = [
      ['/v2/app/manifests/none', 404, 'MANIFEST_UNKNOWN'],
      [`/v2/app/manifests/${none}`, 404, 'MANIFEST_UNKNOWN'],
      [`/v2/app/blobs/${none}`, 404, 'BLOB_UNKNOWN'],
      ['/v2/app/blobs/sha256:totallywrong', 400, 'DIGEST_INVALID'],
      ['/v2/nowhere/manifests/1', 404, 'NAME_UNKNOWN'],
      ['/v2/UPPER/manifests/1', 400, 'NAME_INVALID'],
      ['/v2/app/blobs/uploads/none', 404, 'BLOB_UPLOAD_UNKNOWN'],
      ['/v2/app/manifests/%2e%2e%2fetc', 404, 'NOT_FOUND'],
    ] as const;
    for (const [path, status, code] of cases) {
      const response = await call('GET', path);
      expect([path, response.status, await codeOf(response)]).toEqual([path, status, code]);
    }
    expect((await call('HEAD', '/v2/app/manifests/none')).status).toBe(404);
  });

  test('manifests by tag and by digest, with their length and digest', async () => {
    const config = await addBlob('app', '{}');
    const text = manifest(config);
    const put = await call('PUT', '/v2/app/manifests/pulled', {
      body: text,
      headers: { 'content-type': OCI_MANIFEST },
    });
    expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, digestOf(text)]);
    for (const reference of ['pulled', digestOf(text)]) {
      const got = await call('GET', `/v2/app/manifests/${reference}`, { headers: { accept: OCI_MANIFEST } });
      expect([got.status, got.headers.get('content-type'), await got.text()]).toEqual([
        200,
        OCI_MANIFEST,
        text,
      ]);
      const head = await call('HEAD', `/v2/app/manifests/${reference}`);
      expect(head.headers.get('content-length')).toBe(String(text.length));
      expect(head.headers.get('docker-content-digest')).toBe(digestOf(text));
    }
    const other = await call('GET', '/v2/app/manifests/pulled', {
      headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    });
    expect(other.status).toBe(404);
  });

  test('blobs, whole and in ranges', async () => {
    const digest = await addBlob('app', '0123456789');
    const range = async (value: string) => {
      const response = await call('GET', `/v2/app/blobs/${digest}`, { headers: { range: value } });
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    expect(await (await call('GET', `/v2/app/blobs/${digest}`)).text()).toBe('0123456789');
    expect((await call('HEAD', `/v2/app/blobs/${digest}`)).headers.get('content-length')).toBe('10');
    expect(await range('bytes=4-')).toEqual([206, 'bytes 4-9/10', '456789']);
    expect(await range('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await range('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await range('bytes=10-')).toEqual([416, 'bytes */10', '']);
  });
});

describe('push', () => {
  test('a blob in one request, and one that is not what it says', async () => {
    const digest = digestOf('single');
    const done = await call('POST', `/v2/app/blobs/uploads/?digest=${digest}`, { body: 'single' });
    expect(done.status).toBe(201);
    expect(await (await call('GET', at(done))).text()).toBe('single');
    const begun = await call('POST', '/v2/app/blobs/uploads/');
    const wrong = await call('PUT', at(begun, `?digest=${digestOf('else')}`), { body: 'single' });
    expect([wrong.status, await codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
    expect((await call('HEAD', `/v2/app/blobs/${digestOf('else')}`)).status).toBe(404);
  });

  test('a blob in chunks, in their order', async () => {
    const begun = await call('POST', '/v2/app/blobs/uploads/');
    const patch = (place: Response, from: number, body: string) =>
      call('PATCH', at(place), {
        body,
        headers: { 'content-range': `${from}-${from + body.length - 1}` },
      });
    expect((await patch(begun, 3, 'def')).status).toBe(416);
    const first = await patch(begun, 0, 'abc');
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-2']);
    expect((await patch(first, 0, 'abc')).status).toBe(416);
    const state = await call('GET', at(first));
    expect([state.status, state.headers.get('range')]).toEqual([204, '0-2']);
    const second = await patch(first, 3, 'def');
    const done = await call('PUT', at(second, `?digest=${digestOf('abcdefg')}`), { body: 'g' });
    expect(done.status).toBe(201);
    expect((await call('GET', at(second))).status).toBe(404);
  });

  test('a blob is mounted from another repository, or uploaded where that has it not', async () => {
    const digest = await addBlob('team/app', 'shared');
    const mounted = await call('POST', `/v2/other/blobs/uploads/?mount=${digest}&from=team/app`);
    expect(mounted.status).toBe(201);
    expect(await (await call('GET', at(mounted))).text()).toBe('shared');
    const not = await call('POST', `/v2/other/blobs/uploads/?mount=${digestOf('no')}&from=team/app`);
    expect(not.status).toBe(202);
    expect((await call('DELETE', at(not))).status).toBe(204);
    expect((await call('GET', at(not))).status).toBe(404);
  });

  test('a manifest whose blobs are missing is refused, one of an unknown kind too', async () => {
    const put = (body: string, type = OCI_MANIFEST) =>
      call('PUT', '/v2/app/manifests/bad', { body, headers: { 'content-type': type } });
    const config = await addBlob('app', '{}');
    const lacking = await put(manifest(config, [digestOf('never sent')]));
    expect([lacking.status, await codeOf(lacking)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    const unknown = await put(manifest(config), 'text/plain');
    expect([unknown.status, await codeOf(unknown)]).toEqual([400, 'MANIFEST_INVALID']);
    const large = await put(' '.repeat((4 << 20) + 1));
    expect([large.status, await codeOf(large)]).toEqual([413, 'SIZE_INVALID']);
  });

  test('tags are listed in pages, and go by themselves or with their digest', async () => {
    const text = manifest(await addBlob('other', '{}'));
    for (const tag of ['c', 'a', 'b'])
      await call('PUT', `/v2/other/manifests/${tag}`, {
        body: text,
        headers: { 'content-type': OCI_MANIFEST },
      });
    const list = async (path: string) => {
      const response = await call('GET', path);
      return [((await response.json()) as { tags: string[] }).tags, response.headers.get('link')];
    };
    expect(await list('/v2/other/tags/list')).toEqual([['a', 'b', 'c'], null]);
    expect(await list('/v2/other/tags/list?n=2')).toEqual([
      ['a', 'b'],
      '</v2/other/tags/list?n=2&last=b>; rel="next"',
    ]);
    expect(await list('/v2/other/tags/list?n=2&last=b')).toEqual([['c'], null]);
    expect((await call('DELETE', '/v2/other/manifests/a')).status).toBe(202);
    expect(await list('/v2/other/tags/list')).toEqual([['b', 'c'], null]);
    expect((await call('DELETE', `/v2/other/manifests/${digestOf(text)}`)).status).toBe(202);
    expect((await call('GET', '/v2/other/manifests/b')).status).toBe(404);
  });

  test('the catalog names all repositories', async () => {
    const response = await call('GET', '/v2/_catalog');
    expect(await response.json()).toEqual({ repositories: ['app', 'other', 'team/app'] });
    expect((await call('GET', '/v2/')).headers.get('docker-distribution-api-version')).toBe('registry/2.0');
  });
});

/** A folder in the layout of OCI with one small image. */
function layout(): string {
  const directory = join(folder, `layout-${Math.random().toString(36).slice(2)}`);
  mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
  const add = (content: Buffer | string, mediaType: string) => {
    const digest = digestOf(content);
    writeFileSync(join(directory, 'blobs', 'sha256', digest.slice(7)), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  };
  const tar = Buffer.alloc(3 << 20);
  const config = add(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
    'application/vnd.oci.image.config.v1+json',
  );
  const layers = [add(tar, 'application/vnd.oci.image.layer.v1.tar')];
  const made = add(
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }),
    OCI_MANIFEST,
  );
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [made] }));
  return directory;
}

describe.skipIf(!has('skopeo'))(named('skopeo'), () => {
  test('copies to the registry, from it, and tells what is in it', async () => {
    const image = `docker://${host}/team/app`;
    await run('skopeo', ['copy', '--dest-tls-verify=false', `oci:${layout()}`, `${image}:1`]);
    const told = JSON.parse(
      (await run('skopeo', ['inspect', '--tls-verify=false', `${image}:1`])).stdout,
    ) as { Digest: string; RepoTags: string[] };
    expect(told.RepoTags).toEqual(['1']);
    await run('skopeo', [
      'copy',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      '--format=v2s2',
      `${image}@${told.Digest}`,
      `docker://${host}/app:docker`,
    ]);
    await run('skopeo', [
      'copy',
      '--src-tls-verify=false',
      `docker://${host}/app:docker`,
      `oci:${join(folder, 'back')}`,
    ]);
    await run('skopeo', ['delete', '--tls-verify=false', `docker://${host}/app:docker`]);
    await expect(
      run('skopeo', ['inspect', '--tls-verify=false', `docker://${host}/app:docker`]),
    ).rejects.toThrow(/manifest unknown/);
    await expect(
      run('skopeo', ['copy', '--dest-tls-verify=false', `oci:${layout()}`, `docker://${host}/nowhere:1`]),
    ).rejects.toThrow(/The repository with name 'nowhere' does not exist in the registry/);
  });
});

describe.skipIf(!has('podman'))(named('podman'), () => {
  test('logs in, pulls and pushes', async () => {
    const root = [
      '--root',
      join(folder, 'podman'),
      '--runroot',
      join(folder, 'podman-run'),
      '--storage-driver',
      'vfs',
    ];
    const auth = ['--authfile', join(folder, 'auth.json'), '--tls-verify=false'];
    await run('skopeo', [
      'copy',
      '--dest-tls-verify=false',
      `oci:${layout()}`,
      `docker://${host}/app:podman`,
    ]);
    await run('podman', [...root, 'login', ...auth, '--username', 'AWS', '--password', 'token', host]);
    await run('podman', [...root, 'pull', '--quiet', ...auth, `${host}/app:podman`]);
    await run('podman', [
      ...root,
      'push',
      '--quiet',
      ...auth,
      `${host}/app:podman`,
      `${host}/team/app:pushed`,
    ]);
    const { imageIds = [] } = await region.api.ecr.ListImages({ repositoryName: 'team/app' });
    expect(imageIds.map(({ imageTag }) => imageTag)).toContain('pushed');
  });
});

describe.skipIf(!has('aws'))(named('aws'), () => {
  const aws = async (...args: readonly string[]) => {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_DEFAULT_REGION: 'eu-central-1',
    };
    const { stdout } = await run('aws', ['ecr', ...args, '--endpoint-url', url, '--output', 'json'], { env });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  test('speaks with the API', async () => {
    const made = await aws('create-repository', '--repository-name', 'by-cli');
    expect(made).toMatchObject({
      repository: { repositoryUri: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/by-cli' },
    });
    expect(await aws('get-authorization-token')).toMatchObject({
      authorizationData: [{ proxyEndpoint: url }],
    });
    await expect(aws('describe-images', '--repository-name', 'none')).rejects.toThrow(
      /RepositoryNotFoundException/,
    );
    await aws('delete-repository', '--repository-name', 'by-cli');
  });
});
