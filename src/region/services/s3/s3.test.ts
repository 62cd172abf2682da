import { S3 } from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testRegion, type TestRegion } from '../../gateway/testing/region.ts';
import { clientOptions, serveGateway } from '../../gateway/testing/serve.ts';
import { checksum } from './checksum.ts';
import { createS3 } from './index.ts';

let region: TestRegion;
let client: S3;
let url: string;
let stop: () => Promise<void>;
beforeEach(async () => {
  region = testRegion();
  const service = createS3(region);
  const server = await serveGateway({ s3: service });
  ({ url, close: stop } = server);
  client = new S3({ ...clientOptions(url), forcePathStyle: true });
  await client.createBucket({ Bucket: 'bucket' });
});
afterEach(async () => {
  client.destroy();
  await stop();
  region.remove();
});
const Bucket = 'bucket';
const files = () => readdirSync(join(region.identity.stateDirectory, 's3'));
const put = (Key: string, Body = Key, extra: object = {}) =>
  client.putObject({ Bucket, Key, Body, ...extra });
const text = async (Key: string, extra: object = {}) =>
  (await client.getObject({ Bucket, Key, ...extra })).Body?.transformToString();

test('buckets', async () => {
  await expect(client.createBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  await expect(client.createBucket({ Bucket: 'Bad' })).rejects.toMatchObject({ name: 'InvalidBucketName' });
  await expect(
    client.createBucket({ Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }),
  ).rejects.toMatchObject({ name: 'IllegalLocationConstraintException' });
  expect((await client.listBuckets({})).Buckets).toMatchObject([{ Name: Bucket }]);
  expect((await client.headBucket({ Bucket })).BucketRegion).toBe('eu-central-1');
  expect((await client.getBucketLocation({ Bucket })).LocationConstraint).toBe('eu-central-1');
  await expect(client.headBucket({ Bucket: 'none' })).rejects.toMatchObject({ name: 'NotFound' });
  await put('k');
  await expect(client.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await client.deleteObject({ Bucket, Key: 'k' });
  await client.deleteBucket({ Bucket });
  await expect(put('k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('an object comes back as it was put', async () => {
  const { ETag } = await put('a/b', 'hello', { ContentType: 'text/plain', Metadata: { who: 'me' } });
  expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
  const object = await client.getObject({ Bucket, Key: 'a/b' });
  expect(await object.Body?.transformToString()).toBe('hello');
  expect(object).toMatchObject({
    ETag,
    ContentType: 'text/plain',
    ContentLength: 5,
    Metadata: { who: 'me' },
    LastModified: new Date(region.clock.now()),
    ChecksumCRC32: 'NhCmhg==',
  });
  const { ContentLength, Metadata } = await client.headObject({ Bucket, Key: 'a/b' });
  expect([ContentLength, Metadata]).toEqual([5, { who: 'me' }]);
  await expect(text('a')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await put('empty', '');
  expect(await text('empty')).toBe('');
});

test('a large object comes as a stream', async () => {
  const body = Buffer.alloc(3_000_000, 'abc');
  await client.putObject({ Bucket, Key: 'k', Body: body });
  const answer = await client.getObject({ Bucket, Key: 'k' });
  expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
});

test.each([
  ['bytes=0-1', 'he', 'bytes 0-1/5'],
  ['bytes=3-', 'lo', 'bytes 3-4/5'],
  ['bytes=-2', 'lo', 'bytes 3-4/5'],
  ['bytes=1-99', 'ello', 'bytes 1-4/5'],
  ['bytes=2-1', 'hello', undefined],
])('the range %s is %s', async (Range, expected, ContentRange) => {
  await put('k', 'hello');
  const answer = await client.getObject({ Bucket, Key: 'k', Range });
  expect([await answer.Body?.transformToString(), answer.ContentRange]).toEqual([expected, ContentRange]);
  expect(answer.$metadata.httpStatusCode).toBe(ContentRange ? 206 : 200);
});

test('a range beyond the end is refused', async () => {
  await put('k', 'hello');
  await expect(text('k', { Range: 'bytes=5-' })).rejects.toMatchObject({ name: 'InvalidRange' });
});

test('conditions decide', async () => {
  const { ETag } = await put('k');
  await expect(text('k', { IfMatch: '"x"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(text('k', { IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(put('k', 'x', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await put('k', 'new', { IfMatch: ETag });
  expect(await text('k')).toBe('new');
  expect(files()).toHaveLength(1);
});

test('a body that is not what its sender says is refused', async () => {
  const attempt = (extra: object) => put('k', 'hello', extra);
  await expect(attempt({ ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(attempt({ ContentMD5: Buffer.alloc(16).toString('base64') })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await attempt({ ChecksumAlgorithm: 'SHA256' });
});

test('CRC-32C has the check value of its standard', () => {
  const value = Buffer.from(checksum('ChecksumCRC32C', Buffer.from('123456789')), 'base64');
  expect(value.toString('hex')).toBe('e3069283');
});

test('keys name no files', async () => {
  const outside = join(region.identity.stateDirectory, 'outside');
  writeFileSync(outside, 'untouched');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.constantFrom(
          '../outside',
          'a/../../outside',
          '..',
          '.',
          'a//b',
          '/etc/passwd',
          'a\0b',
          '%2e%2e/x',
          'é +&?#=',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      ),
      async (Key) => {
        await expect(putAndGet(Key)).resolves.toBe(`content of ${Key}`);
      },
    ),
    { numRuns: 60 },
  );
  expect(readdirSync(region.identity.stateDirectory).sort()).toEqual(['outside', 's3', 'store.jsonl']);
  for (const name of files()) expect(name).toMatch(/^[0-9a-f-]{36}$/);
  expect(existsSync('/etc/passwd.part')).toBe(false);
});
async function putAndGet(Key: string): Promise<string> {
  const handlers = createS3(region).handlers;
  const context = { region: 'r', accessKeyId: 'a', requestId: 'x', host: 'h' };
  await handlers.PutObject?.({ Bucket, Key, Body: Buffer.from(`content of ${Key}`) }, context);
  const { Body } = (await handlers.GetObject?.({ Bucket, Key }, context)) ?? {};
  return Buffer.from(Body as Uint8Array).toString('utf8');
}

test('lists by prefix, delimiter and page', async () => {
  for (const key of ['b', 'a/1', 'a/2', 'a/3', 'c/1', 'ä b']) await put(key);
  const all = await client.listObjectsV2({ Bucket });
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2', 'a/3', 'b', 'c/1', 'ä b']);
  const seen: (string | undefined)[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.listObjectsV2({
      Bucket,
      Delimiter: '/',
      MaxKeys: 1,
      ...(ContinuationToken ? { ContinuationToken } : {}),
    });
    seen.push(
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    );
    expect(page.KeyCount).toBe(1);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(seen).toEqual(['a/', 'b', 'c/', 'ä b']);
  const inside = await client.listObjectsV2({ Bucket, Prefix: 'a/', StartAfter: 'a/1', EncodingType: 'url' });
  expect(inside.Contents?.map(({ Key }) => Key)).toEqual(['a/2', 'a/3']);
});

test('copies, with their metadata or other', async () => {
  await put('a b', 'x', { Metadata: { a: '1' } });
  await client.copyObject({ Bucket, Key: 'copy', CopySource: `${Bucket}/a%20b` });
  expect((await client.headObject({ Bucket, Key: 'copy' })).Metadata).toEqual({ a: '1' });
  await client.copyObject({
    Bucket,
    Key: 'copy',
    CopySource: `${Bucket}/copy`,
    MetadataDirective: 'REPLACE',
    Metadata: { b: '2' },
  });
  expect((await client.headObject({ Bucket, Key: 'copy' })).Metadata).toEqual({ b: '2' });
  await expect(client.copyObject({ Bucket, Key: 'x', CopySource: `${Bucket}/none` })).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('deletes many, and what is not there', async () => {
  await put('a');
  const { Deleted } = await client.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'a' }, { Key: 'none' }] },
  });
  expect(Deleted).toEqual([{ Key: 'a' }, { Key: 'none' }]);
  expect(files()).toEqual([]);
});

test('uploads in parts', async () => {
  const { UploadId } = await client.createMultipartUpload({ Bucket, Key: 'k', ChecksumAlgorithm: 'CRC32' });
  const parts = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from('end')];
  const done = await Promise.all(
    parts.map((Body, index) =>
      client.uploadPart({
        Bucket,
        Key: 'k',
        UploadId,
        PartNumber: index + 1,
        Body,
        ChecksumAlgorithm: 'CRC32',
      }),
    ),
  );
  expect((await client.listParts({ Bucket, Key: 'k', UploadId })).Parts).toHaveLength(2);
  const Parts = done.map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
  const complete = (chosen: typeof Parts) =>
    client.completeMultipartUpload({ Bucket, Key: 'k', UploadId, MultipartUpload: { Parts: chosen } });
  await expect(complete([...Parts].reverse())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  const { ETag } = await complete(Parts);
  expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const body = Buffer.from(
    (await (await client.getObject({ Bucket, Key: 'k' })).Body?.transformToByteArray()) ?? [],
  );
  expect(body.equals(Buffer.concat(parts))).toBe(true);
  expect(files()).toHaveLength(1);
  await expect(complete(Parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('objects survive a restart; what a crash left behind does not', async () => {
  await put('k', 'kept');
  writeFileSync(join(region.identity.stateDirectory, 's3', 'left.part'), 'x');
  region = region.restarted();
  const service = createS3(region);
  await service.start?.();
  expect(files()).toHaveLength(1);
  region.handlers.s3 = service.handlers;
  const { Body } = await region.api.s3.GetObject({ Bucket, Key: 'k' });
  expect(String(Body)).toBe('kept');
});

test('what is not enacted is refused', async () => {
  await expect(put('k', 'x', { Tagging: 'a=b' })).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(put('k', 'x', { ACL: 'public-read' })).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(client.putBucketPolicy({ Bucket, Policy: '{}' })).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});
