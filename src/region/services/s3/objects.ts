import { createHash } from 'node:crypto';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { CHECKSUM_MEMBERS, verify } from './checksum.ts';
import { checkReadable, checkWritable } from './conditions.ts';
import { invalidArgument, notImplemented, operation } from './errors.ts';
import { type ByteRange, parseRange } from './range.ts';
import type { ObjectHeaders, ObjectRecord, S3State } from './state.ts';

/** What is larger goes out as a stream. */
const MOST_IN_MEMORY = 1024 * 1024;

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Metadata',
] as const;
const READ = [
  'Bucket',
  'Key',
  'Range',
  'PartNumber',
  'IfMatch',
  'IfNoneMatch',
  'IfModifiedSince',
  'IfUnmodifiedSince',
  'ChecksumMode',
  'ResponseCacheControl',
  'ResponseContentDisposition',
  'ResponseContentEncoding',
  'ResponseContentLanguage',
  'ResponseContentType',
  'ResponseExpires',
] as const;

export function objectHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  return {
    PutObject: operation(
      [
        'Bucket',
        'Key',
        'Body',
        'ContentLength',
        'ContentMD5',
        'ChecksumAlgorithm',
        ...CHECKSUM_MEMBERS,
        ...HEADERS,
        'IfMatch',
        'IfNoneMatch',
      ],
      async (input) => {
        const { name: bucket } = state.bucket(input.Bucket);
        const key = checkKey(input.Key);
        const body = input.Body ?? new Uint8Array();
        if (input.ContentLength !== undefined && input.ContentLength !== body.length)
          throw new ApiError(
            'IncompleteBody',
            'You did not provide the number of bytes specified by the Content-Length HTTP header',
            400,
          );
        const checksums = verify(body, input);
        checkWritable(state.find(bucket, key), input);
        const blob = await state.blobs.write(body);
        const etag = etagOf(body);
        try {
          // Another writer may have come first while the file was written.
          state.bucket(bucket);
          checkWritable(state.find(bucket, key), input);
        } catch (error) {
          await state.blobs.remove(blob);
          throw error;
        }
        await state.put({
          bucket,
          key,
          blob,
          size: body.length,
          etag,
          modifiedAt: state.now(),
          headers: readHeaders(input),
          checksums,
          checksumType: 'FULL_OBJECT',
        });
        return { ETag: etag, ServerSideEncryption: 'AES256', ...checksums, ...typeOf(checksums) };
      },
    ),
    GetObject: operation(READ, async (input) => {
      const object = state.object(input.Bucket, input.Key);
      checkReadable(object, input);
      const range = rangeOf(object, input);
      const { start, end } = range ?? { start: 0, end: object.size - 1 };
      const small = end - start < MOST_IN_MEMORY;
      return {
        ...describe(object, range, input),
        Body: small
          ? await state.blobs.read(object.blob, start, end)
          : state.blobs.stream(object.blob, start, end),
      };
    }),
    HeadObject: operation(READ, (input) => {
      const { name: bucket } = state.bucket(input.Bucket);
      const object = state.find(bucket, input.Key ?? '');
      if (!object) throw new ApiError('NotFound', 'Not Found', 404);
      checkReadable(object, input);
      return describe(object, rangeOf(object, input), input);
    }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkKey(key = ''): string {
  if (key === '') throw invalidArgument('The key must not be empty');
  if (Buffer.byteLength(key) > 1024) throw new ApiError('KeyTooLongError', 'Your key is too long', 400);
  return key;
}

export function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

export function readHeaders(input: ObjectHeaders): ObjectHeaders {
  const chosen = HEADERS.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]);
  return { ContentType: 'binary/octet-stream', ...(Object.fromEntries(chosen) as ObjectHeaders) };
}

export const typeOf = (
  checksums: ObjectRecord['checksums'],
  type: ObjectRecord['checksumType'] = 'FULL_OBJECT',
) => (Object.keys(checksums).length > 0 ? { ChecksumType: type } : {});

interface Read {
  readonly Range?: string | undefined;
  readonly PartNumber?: number | undefined;
  readonly ChecksumMode?: string | undefined;
  readonly ResponseCacheControl?: string | undefined;
  readonly ResponseContentDisposition?: string | undefined;
  readonly ResponseContentEncoding?: string | undefined;
  readonly ResponseContentLanguage?: string | undefined;
  readonly ResponseContentType?: string | undefined;
  readonly ResponseExpires?: Date | undefined;
}

function rangeOf(object: ObjectRecord, { Range, PartNumber }: Read): ByteRange | undefined {
  if (PartNumber === undefined) return parseRange(Range, object.size);
  if (Range !== undefined) throw invalidArgument('Give Range or PartNumber, not both');
  if (object.partsCount !== undefined) throw notImplemented('Reading one part of an object');
  if (PartNumber !== 1)
    throw new ApiError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416);
  return undefined;
}

function describe(object: ObjectRecord, range: ByteRange | undefined, input: Read) {
  const { headers, size } = object;
  const whole = range === undefined;
  return {
    AcceptRanges: 'bytes',
    LastModified: object.modifiedAt,
    ContentLength: whole ? size : range.end - range.start + 1,
    ETag: object.etag,
    ServerSideEncryption: 'AES256' as const,
    ...headers,
    Metadata: { ...headers.Metadata },
    ...overrides(input),
    ...(whole ? {} : { ContentRange: `bytes ${range.start}-${range.end}/${size}` }),
    // A checksum is of the whole object.
    ...(whole && input.ChecksumMode === 'ENABLED'
      ? { ...object.checksums, ...typeOf(object.checksums, object.checksumType) }
      : {}),
  };
}

function overrides(input: Read) {
  return {
    ...(input.ResponseCacheControl ? { CacheControl: input.ResponseCacheControl } : {}),
    ...(input.ResponseContentDisposition ? { ContentDisposition: input.ResponseContentDisposition } : {}),
    ...(input.ResponseContentEncoding ? { ContentEncoding: input.ResponseContentEncoding } : {}),
    ...(input.ResponseContentLanguage ? { ContentLanguage: input.ResponseContentLanguage } : {}),
    ...(input.ResponseContentType ? { ContentType: input.ResponseContentType } : {}),
    ...(input.ResponseExpires ? { ExpiresString: input.ResponseExpires.toUTCString() } : {}),
  };
}
