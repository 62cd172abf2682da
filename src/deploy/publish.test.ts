import type { ECRClient } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../common/clock.ts';
import { digestOf } from '../oci/digest.ts';
import { OCI_MANIFEST } from '../oci/media-types.ts';
import { openRegistry } from '../oci/registry.ts';
import { plainSettings } from '../oci/settings.ts';
import { startTestRegistry, type TestRegistry } from '../oci/testing/registry.ts';
import { imageExists } from './image-exists.ts';
import { publishImages, type PublishProgress } from './publish.ts';

let local: TestRegistry;
let remote: TestRegistry;
beforeEach(async () => {
  [local, remote] = await Promise.all([startTestRegistry(), startTestRegistry()]);
});
afterEach(() => Promise.all([local.close(), remote.close()]));

/** ECR's API by hand, its registry at `remote`. */
function ecr(existing: readonly string[] = []) {
  const asked: string[] = [];
  const repositories = new Set(existing);
  const uri = (name: string) => ({ repositoryUri: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${name}` });
  const send = async (call: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const operation = call.constructor.name.replace(/Command$/, '');
    const name = String((call.input['repositoryNames'] as string[])?.[0] ?? call.input['repositoryName']);
    asked.push(`${operation} ${name}`);
    if (operation === 'GetAuthorizationToken') {
      const authorizationToken = Buffer.from('AWS:secret').toString('base64');
      return { authorizationData: [{ authorizationToken, proxyEndpoint: `http://${remote.registry}` }] };
    }
    if (operation === 'CreateRepository') {
      repositories.add(name);
      return { repository: uri(name) };
    }
    if (!repositories.has(name))
      throw Object.assign(new Error(name), { name: 'RepositoryNotFoundException' });
    return { repositories: [uri(name)] };
  };
  return { asked, ecr: async () => ({ send }) as unknown as ECRClient, clock: systemClock };
}

function built(repository: string, content: string) {
  const config = local.addBlob(`{"of":"${repository}"}`);
  const layer = local.addBlob(content);
  const digest = local.addManifest(repository, 'x', OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  });
  const registry = openRegistry({ registry: local.registry, settings: plainSettings, clock: systemClock });
  return { service: repository, repository, digest, source: registry.repository(repository) };
}

describe('publishing', () => {
  test('makes what repositories are missing, and sends what they have not', async () => {
    const target = ecr(['jobs/web']);
    const images = [built('jobs/api', 'one layer'), built('jobs/web', 'another')];
    const said: string[] = [];
    const onProgress = (service: string, progress: PublishProgress) => {
      if (progress.kind === 'done') said.push(`${service} ${progress.present}`);
    };
    const references = await publishImages(images, { target, settings: plainSettings, onProgress });
    expect(references.get('jobs/api')).toBe(
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/jobs/api@${images[0]?.digest}`,
    );
    expect(target.asked.filter((line) => line.startsWith('Create'))).toEqual(['CreateRepository jobs/api']);
    expect(remote.blobs.has(digestOf('another'))).toBe(true);
    for (const { repository, digest } of images)
      expect(remote.manifests.has(`${repository}:${digest}`)).toBe(true);

    const before = remote.asked.length;
    await publishImages(images, { target, settings: plainSettings, onProgress });
    expect(remote.asked.slice(before).every((line) => line.startsWith('GET '))).toBe(true);
    expect(said.sort()).toEqual(['jobs/api false', 'jobs/api true', 'jobs/web false', 'jobs/web true']);
  });

  test('shows the token that ECR gave', async () => {
    remote.intercept = ({ headers }, response) => {
      if (headers.authorization === `Basic ${Buffer.from('AWS:secret').toString('base64')}`) return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="ecr"' }).end();
      return true;
    };
    await publishImages([built('jobs/api', 'x')], { target: ecr(), settings: plainSettings });
    expect(remote.blobs.has(digestOf('x'))).toBe(true);
  });

  test('an image that is not whole is not published', async () => {
    const image = built('jobs/api', 'lost');
    local.blobs.delete(digestOf('lost'));
    await expect(publishImages([image], { target: ecr(), settings: plainSettings })).rejects.toMatchObject({
      code: 'image-incomplete',
    });
    expect(remote.manifests.size).toBe(0);
  });
});

describe('whether an image is there', () => {
  const ask = (name: string) =>
    imageExists(`${remote.registry}/${name}`, { settings: plainSettings, clock: systemClock });

  test('is asked of its registry', async () => {
    remote.addManifest('app', '1', OCI_MANIFEST, { schemaVersion: 2 });
    expect(await ask('app:1')).toEqual({ kind: 'present' });
    expect(await ask('app:2')).toEqual({
      kind: 'absent',
      reason: `${remote.registry} has no image app:2`,
    });
    expect(remote.asked).toEqual(['HEAD /v2/app/manifests/1', 'HEAD /v2/app/manifests/2']);
    expect(await ask('App:2')).toMatchObject({ kind: 'absent', reason: 'invalid reference format' });
  });

  test('a login that AWS has not is a no, silence is none', async () => {
    remote.intercept = (_request, response) => {
      response.writeHead(403).end();
      return true;
    };
    expect(await ask('app')).toMatchObject({
      kind: 'absent',
      fix: expect.stringContaining('x-aws-pull_credentials'),
    });
    await remote.close();
    expect(await ask('app')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('connection refused'),
    });
  });
});
