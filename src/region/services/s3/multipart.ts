import { createHash, randomBytes } from 'node:crypto';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { CHECKSUM_MEMBERS, checksum, checksumMember, type Checksums, verify } from './checksum.ts';
import { checkWritable } from './conditions.ts';
import { checkSource, findSource } from './copy.ts';
import { invalidArgument, noSuchUpload, operation } from './errors.ts';
import { checkKey, etagOf, readHeaders, typeOf } from './objects.ts';
import { parseRange } from './range.ts';
import type { PartRecord, S3State, UploadRecord } from './state.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const LEAST_PART = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

export function multipartHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  return {
    CreateMultipartUpload: operation(
      [
        'Bucket',
        'Key',
        'CacheControl',
        'ContentDisposition',
        'ContentEncoding',
        'ContentLanguage',
        'ContentType',
        'Metadata',
        'ChecksumAlgorithm',
        'ChecksumType',
      ],
      (input) => {
        const { name: bucket } = state.bucket(input.Bucket);
        const { ChecksumAlgorithm: algorithm, ChecksumType: type = 'COMPOSITE' } = input;
        if (algorithm) checksumMember(algorithm);
        const upload: UploadRecord = {
          id: randomBytes(32).toString('base64url'),
          bucket,
          key: checkKey(input.Key),
          initiatedAt: state.now(),
          headers: readHeaders(input),
          checksumAlgorithm: algorithm,
          checksumType: type,
          parts: {},
        };
        state.uploads.put(upload.id, upload);
        return {
          Bucket: bucket,
          Key: upload.key,
          UploadId: upload.id,
          ServerSideEncryption: 'AES256',
          ...(algorithm ? { ChecksumAlgorithm: algorithm, ChecksumType: type } : {}),
        };
      },
    ),
    UploadPart: operation(
      [
        'Bucket',
        'Key',
        'UploadId',
        'PartNumber',
        'Body',
        'ContentLength',
        'ContentMD5',
        'ChecksumAlgorithm',
        ...CHECKSUM_MEMBERS,
      ],
      async (input) => {
        findUpload(state, input);
        const body = input.Body ?? new Uint8Array();
        const checksums = verify(body, input);
        const part = await keepPart(state, input, body, checksums);
        return { ETag: part.etag, ServerSideEncryption: 'AES256', ...checksums };
      },
    ),
    UploadPartCopy: operation(
      [
        'Bucket',
        'Key',
        'UploadId',
        'PartNumber',
        'CopySource',
        'CopySourceRange',
        'CopySourceIfMatch',
        'CopySourceIfNoneMatch',
        'CopySourceIfModifiedSince',
        'CopySourceIfUnmodifiedSince',
      ],
      async (input) => {
        findUpload(state, input);
        const source = findSource(state, input.CopySource);
        checkSource(source, input);
        const { start, end } = parseRange(input.CopySourceRange, source.size) ?? {
          start: 0,
          end: source.size - 1,
        };
        const part = await keepPart(state, input, await state.blobs.read(source.blob, start, end), {});
        return { CopyPartResult: { ETag: part.etag, LastModified: part.modifiedAt } };
      },
    ),
    ListParts: operation(['Bucket', 'Key', 'UploadId', 'MaxParts', 'PartNumberMarker'], (input) => {
      const upload = findUpload(state, input);
      const after = Number(input.PartNumberMarker ?? 0);
      const size = Math.min(input.MaxParts ?? 1000, 1000);
      const rest = numbered(upload).filter(({ number }) => number > after);
      const page = rest.slice(0, size);
      const last = page.at(-1);
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.id,
        MaxParts: size,
        IsTruncated: rest.length > page.length,
        ...(last ? { NextPartNumberMarker: String(last.number) } : {}),
        StorageClass: 'STANDARD',
        Parts: page.map(({ number, part }) => ({
          PartNumber: number,
          LastModified: part.modifiedAt,
          ETag: part.etag,
          Size: part.size,
          ...part.checksums,
        })),
      };
    }),
    ListMultipartUploads: operation(['Bucket', 'Prefix'], ({ Bucket, Prefix = '' }) => {
      const { name } = state.bucket(Bucket);
      const uploads = [...state.uploads.values()].filter(
        ({ bucket, key }) => bucket === name && key.startsWith(Prefix),
      );
      return {
        Bucket: name,
        Prefix,
        IsTruncated: false,
        Uploads: uploads.map(({ id, key, initiatedAt }) => ({
          UploadId: id,
          Key: key,
          Initiated: initiatedAt,
          StorageClass: 'STANDARD' as const,
        })),
      };
    }),
    AbortMultipartUpload: operation(['Bucket', 'Key', 'UploadId'], async (input) => {
      await forget(state, findUpload(state, input));
      return {};
    }),
    CompleteMultipartUpload: operation(
      [
        'Bucket',
        'Key',
        'UploadId',
        'MultipartUpload',
        'IfMatch',
        'IfNoneMatch',
        'ChecksumType',
        'MpuObjectSize',
        ...CHECKSUM_MEMBERS,
      ],
      async (input) => {
        const upload = findUpload(state, input);
        const parts = chooseParts(upload, input.MultipartUpload?.Parts ?? []);
        const size = parts.reduce((sum, part) => sum + part.size, 0);
        if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size)
          throw new ApiError(
            'InvalidRequest',
            `MpuObjectSize is ${input.MpuObjectSize}, the parts have ${size} bytes`,
            400,
          );
        checkWritable(state.find(upload.bucket, upload.key), input);
        const blob = await state.blobs.join(parts.map((part) => part.blob));
        const checksums = await wholeChecksums(state, upload, parts, blob, size);
        for (const member of CHECKSUM_MEMBERS)
          if (
            input[member] !== undefined &&
            checksums[member] !== undefined &&
            input[member] !== checksums[member]
          ) {
            await state.blobs.remove(blob);
            throw new ApiError(
              'BadDigest',
              `The ${member} you specified did not match the calculated one.`,
              400,
            );
          }
        const etag = etagOfParts(parts);
        await state.put({
          bucket: upload.bucket,
          key: upload.key,
          blob,
          size,
          etag,
          modifiedAt: state.now(),
          headers: upload.headers,
          checksums,
          checksumType: upload.checksumType,
          partsCount: parts.length,
        });
        await forget(state, upload);
        return {
          Bucket: upload.bucket,
          Key: upload.key,
          Location: `http://localhost/${upload.bucket}/${encodeURIComponent(upload.key)}`,
          ETag: etag,
          ServerSideEncryption: 'AES256',
          ...checksums,
          ...typeOf(checksums, upload.checksumType),
        };
      },
    ),
  };
}

interface Named {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly UploadId?: string | undefined;
  readonly PartNumber?: number | undefined;
}

function findUpload(state: S3State, { Bucket, Key, UploadId = '' }: Named): UploadRecord {
  const { name } = state.bucket(Bucket);
  const upload = state.uploads.get(UploadId);
  if (!upload || upload.bucket !== name || upload.key !== Key) throw noSuchUpload();
  return upload;
}

async function keepPart(
  state: S3State,
  input: Named,
  body: Uint8Array,
  checksums: Checksums,
): Promise<PartRecord> {
  const { PartNumber: number = 0 } = input;
  if (!(Number.isInteger(number) && number >= 1 && number <= MOST_PARTS))
    throw invalidArgument(`Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`);
  const part: PartRecord = {
    blob: await state.blobs.write(body),
    size: body.length,
    etag: etagOf(body),
    modifiedAt: state.now(),
    checksums,
  };
  // Parts come side by side: what stands now counts, not what stood when this one began.
  const upload = state.uploads.get(input.UploadId ?? '');
  if (!upload) {
    await state.blobs.remove(part.blob);
    throw noSuchUpload();
  }
  const before = upload.parts[number];
  state.uploads.put(upload.id, { ...upload, parts: { ...upload.parts, [number]: part } });
  if (before) await state.blobs.remove(before.blob);
  return part;
}

const numbered = ({ parts }: UploadRecord) =>
  Object.entries(parts)
    .map(([number, part]) => ({ number: Number(number), part }))
    .sort((a, b) => a.number - b.number);

function chooseParts(
  { parts }: UploadRecord,
  wanted: readonly { readonly PartNumber?: number | undefined; readonly ETag?: string | undefined }[],
): readonly PartRecord[] {
  if (wanted.length === 0) throw new ApiError('InvalidRequest', 'You must specify at least one part', 400);
  let before = 0;
  const chosen = wanted.map(({ PartNumber: number = 0, ETag = '' }) => {
    if (number <= before)
      throw new ApiError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        400,
      );
    before = number;
    const part = parts[number];
    if (!part || part.etag.replaceAll('"', '') !== ETag.replaceAll('"', ''))
      throw new ApiError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
      );
    return part;
  });
  if (chosen.slice(0, -1).some(({ size }) => size < LEAST_PART))
    throw new ApiError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
    );
  return chosen;
}

/** The MD5 of the parts' MD5s, and how many: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
function etagOfParts(parts: readonly PartRecord[]): string {
  const all = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
  return `"${createHash('md5').update(all).digest('hex')}-${parts.length}"`;
}

async function wholeChecksums(
  state: S3State,
  { checksumAlgorithm, checksumType }: UploadRecord,
  parts: readonly PartRecord[],
  blob: string,
  size: number,
): Promise<Checksums> {
  if (!checksumAlgorithm) return {};
  const member = checksumMember(checksumAlgorithm);
  if (checksumType === 'FULL_OBJECT')
    return { [member]: checksum(member, await state.blobs.read(blob, 0, size - 1)) };
  const each = parts.map(({ checksums }) => checksums[member]);
  if (!each.every((text) => text !== undefined)) return {};
  const all = Buffer.concat(each.map((text) => Buffer.from(text, 'base64')));
  return { [member]: `${checksum(member, all)}-${parts.length}` };
}

async function forget(state: S3State, upload: UploadRecord): Promise<void> {
  state.uploads.delete(upload.id);
  for (const { blob } of Object.values(upload.parts)) await state.blobs.remove(blob);
}
