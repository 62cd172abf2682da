import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../../oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../oci/media-types.ts';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { createEcr } from './index.ts';
import { memoryRepositories } from './testing/repositories.ts';

let region: TestRegion;
let ecr: TestRegion['api']['ecr'];
beforeEach(() => {
  region = testRegion();
  const repositories = memoryRepositories(() => region.clock.now());
  region.handlers.ecr = createEcr(region, { repositories: () => repositories }).handlers;
  ecr = region.api.ecr;
});
afterEach(() => region.remove());

const repositoryName = 'jobs/api';
const layer = Buffer.from('layer');
const missing = { code: 'RepositoryNotFoundException', message: /'none' does not exist in the registry/ };

async function upload(content = layer, first = 0): Promise<string> {
  const { uploadId } = await ecr.InitiateLayerUpload({ repositoryName });
  await ecr.UploadLayerPart({
    repositoryName,
    uploadId,
    partFirstByte: first,
    partLastByte: first + content.length - 1,
    layerPartBlob: content,
  });
  await ecr.CompleteLayerUpload({ repositoryName, uploadId, layerDigests: [digestOf(content)] });
  return digestOf(content);
}
const manifestOf = (digest: string, extra: object = {}) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 5 },
    layers: [],
    ...extra,
  });

async function push(imageTag: string, extra: object = {}): Promise<string> {
  const held = await ecr.BatchCheckLayerAvailability({ repositoryName, layerDigests: [digestOf(layer)] });
  if (held.layers?.[0]?.layerAvailability !== 'AVAILABLE') await upload();
  const { image } = await ecr.PutImage({
    repositoryName,
    imageTag,
    imageManifest: manifestOf(digestOf(layer), extra),
  });
  return image?.imageId?.imageDigest ?? '';
}

describe('repositories', () => {
  test('are made, told, and deleted when empty or by force', async () => {
    const { repository } = await ecr.CreateRepository({ repositoryName });
    expect(repository).toMatchObject({
      repositoryArn: 'arn:aws:ecr:eu-central-1:123456789012:repository/jobs/api',
      repositoryUri: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/jobs/api',
      imageTagMutability: 'MUTABLE',
    });
    await expect(ecr.CreateRepository({ repositoryName })).rejects.toMatchObject({
      code: 'RepositoryAlreadyExistsException',
    });
    await expect(ecr.CreateRepository({ repositoryName: 'Jobs' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    expect((await ecr.DescribeRepositories({})).repositories).toHaveLength(1);
    await expect(ecr.DescribeRepositories({ repositoryNames: ['none'] })).rejects.toMatchObject({
      code: missing.code,
      message: expect.stringMatching(missing.message),
    });
    await push('1');
    await expect(ecr.DeleteRepository({ repositoryName })).rejects.toMatchObject({
      code: 'RepositoryNotEmptyException',
    });
    await ecr.DeleteRepository({ repositoryName, force: true });
    expect((await ecr.DescribeRepositories({})).repositories).toEqual([]);
  });

  test('are told in pages', async () => {
    for (const name of ['bb', 'aa', 'cc']) await ecr.CreateRepository({ repositoryName: name });
    const first = await ecr.DescribeRepositories({ maxResults: 2 });
    const rest = await ecr.DescribeRepositories({ nextToken: first.nextToken });
    const names = [...(first.repositories ?? []), ...(rest.repositories ?? [])].map(
      (repository) => repository.repositoryName,
    );
    expect(names).toEqual(['aa', 'bb', 'cc']);
    await expect(ecr.DescribeRepositories({ nextToken: 'x' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
  });

  test('keep policies, tags and settings', async () => {
    const { repository } = await ecr.CreateRepository({
      repositoryName,
      tags: [{ Key: 'a', Value: '1' }],
      imageScanningConfiguration: { scanOnPush: true },
    });
    const resourceArn = repository?.repositoryArn;
    await ecr.TagResource({ resourceArn, tags: [{ Key: 'b', Value: '2' }] });
    await ecr.UntagResource({ resourceArn, tagKeys: ['a'] });
    expect(await ecr.ListTagsForResource({ resourceArn })).toEqual({ tags: [{ Key: 'b', Value: '2' }] });
    await expect(ecr.GetRepositoryPolicy({ repositoryName })).rejects.toMatchObject({
      code: 'RepositoryPolicyNotFoundException',
    });
    await ecr.SetRepositoryPolicy({ repositoryName, policyText: '{"Statement":[]}' });
    expect((await ecr.GetRepositoryPolicy({ repositoryName })).policyText).toBe('{"Statement":[]}');
    const rule = {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 3 },
      action: { type: 'expire' },
    };
    const lifecyclePolicyText = JSON.stringify({ rules: [rule] });
    await ecr.PutLifecyclePolicy({ repositoryName, lifecyclePolicyText });
    expect(await ecr.GetLifecyclePolicy({ repositoryName })).toMatchObject({ lifecyclePolicyText });
    const later = { ...rule, rulePriority: 2, selection: { ...rule.selection, tagStatus: 'untagged' } };
    await expect(
      ecr.PutLifecyclePolicy({
        repositoryName,
        lifecyclePolicyText: JSON.stringify({ rules: [rule, later] }),
      }),
    ).rejects.toThrow('tagStatus any must have the highest rulePriority');
    await ecr.DeleteLifecyclePolicy({ repositoryName });
    await expect(ecr.GetLifecyclePolicy({ repositoryName })).rejects.toMatchObject({
      code: 'LifecyclePolicyNotFoundException',
    });
  });
});

describe('images', () => {
  beforeEach(async () => {
    await ecr.CreateRepository({ repositoryName });
  });

  test('are put, found by digest and tag, and deleted', async () => {
    const imageDigest = await push('1');
    await expect(push('1')).rejects.toMatchObject({ code: 'ImageAlreadyExistsException' });
    await push('2');
    const { images = [], failures } = await ecr.BatchGetImage({
      repositoryName,
      imageIds: [{ imageTag: '2' }, { imageDigest }, { imageTag: 'none' }],
    });
    expect(images.map(({ imageId }) => imageId?.imageDigest)).toEqual([imageDigest, imageDigest]);
    expect(images[0]?.imageManifest).toBe(manifestOf(digestOf(layer)));
    expect(failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
    expect((await ecr.ListImages({ repositoryName })).imageIds).toHaveLength(2);
    const { imageDetails } = await ecr.DescribeImages({ repositoryName });
    expect(imageDetails).toMatchObject([{ imageDigest, imageTags: ['1', '2'] }]);
    await ecr.BatchDeleteImage({ repositoryName, imageIds: [{ imageTag: '1' }] });
    expect((await ecr.ListImages({ repositoryName })).imageIds).toEqual([{ imageDigest, imageTag: '2' }]);
    await ecr.BatchDeleteImage({ repositoryName, imageIds: [{ imageDigest }] });
    await expect(ecr.DescribeImages({ repositoryName, imageIds: [{ imageTag: '2' }] })).rejects.toMatchObject(
      { code: 'ImageNotFoundException' },
    );
  });

  test('need their layers, and lists need their images', async () => {
    const imageManifest = manifestOf(digestOf('elsewhere'));
    await expect(ecr.PutImage({ repositoryName, imageManifest })).rejects.toMatchObject({
      code: 'LayersNotFoundException',
    });
    const list = (digest: string) =>
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [{ mediaType: OCI_MANIFEST, digest, size: 1 }],
      });
    await expect(ecr.PutImage({ repositoryName, imageManifest: list(digestOf('x')) })).rejects.toMatchObject({
      code: 'ReferencedImagesNotFoundException',
    });
    const imageDigest = await push('one');
    await ecr.PutImage({ repositoryName, imageTag: 'all', imageManifest: list(imageDigest) });
    const { failures } = await ecr.BatchDeleteImage({ repositoryName, imageIds: [{ imageDigest }] });
    expect(failures).toMatchObject([{ failureCode: 'ImageReferencedByManifestList' }]);
    for (const text of ['{', '{}', '[]', 'null', '{"schemaVersion":2,"mediaType":"x"}'])
      await expect(ecr.PutImage({ repositoryName, imageManifest: text }), text).rejects.toMatchObject({
        code: 'InvalidParameterException',
      });
    await expect(
      ecr.PutImage({ repositoryName, imageManifest: manifestOf(imageDigest), imageDigest: digestOf('y') }),
    ).rejects.toMatchObject({ code: 'ImageDigestDoesNotMatchException' });
  });

  test('keep immutable tags, but for those that are excepted', async () => {
    await push('1');
    await ecr.PutImageTagMutability({ repositoryName, imageTagMutability: 'IMMUTABLE' });
    await expect(push('1', { annotations: { a: 'b' } })).rejects.toMatchObject({
      code: 'ImageTagAlreadyExistsException',
    });
    await ecr.PutImageTagMutability({
      repositoryName,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
    });
    await push('dev-1');
    await push('dev-1', { annotations: { a: 'b' } });
    await expect(push('1', { annotations: { a: 'c' } })).rejects.toMatchObject({
      code: 'ImageTagAlreadyExistsException',
    });
  });

  test('layers arrive in parts that follow each other, and are what their digests say', async () => {
    await expect(upload(layer, 1)).rejects.toMatchObject({ code: 'InvalidLayerPartException' });
    const { uploadId } = await ecr.InitiateLayerUpload({ repositoryName });
    const complete = (digest: string) =>
      ecr.CompleteLayerUpload({ repositoryName, uploadId, layerDigests: [digest] });
    await expect(complete(digestOf('x'))).rejects.toMatchObject({ code: 'EmptyUploadException' });
    for (const [index, byte] of [...layer].entries())
      await ecr.UploadLayerPart({
        repositoryName,
        uploadId,
        partFirstByte: index,
        partLastByte: index,
        layerPartBlob: Buffer.from([byte]),
      });
    await expect(complete(digestOf('x'))).rejects.toMatchObject({ code: 'InvalidLayerException' });
    await expect(complete(digestOf(layer))).rejects.toMatchObject({ code: 'UploadNotFoundException' });
    await upload();
    await expect(upload()).rejects.toMatchObject({ code: 'LayerAlreadyExistsException' });
    expect(
      await ecr.BatchCheckLayerAvailability({
        repositoryName,
        layerDigests: [digestOf(layer), digestOf('x'), 'x'],
      }),
    ).toMatchObject({
      layers: [{ layerAvailability: 'AVAILABLE', layerSize: 5 }, { layerAvailability: 'UNAVAILABLE' }],
      failures: [{ failureCode: 'InvalidLayerDigest' }],
    });
  });
});
