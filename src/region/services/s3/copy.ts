import type { Handlers } from '../../gateway/types.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { checksum, checksumMember } from './checksum.ts';
import { checkReadable, checkWritable } from './conditions.ts';
import { invalidArgument, operation } from './errors.ts';
import { checkKey, readHeaders, typeOf } from './objects.ts';
import type { ObjectRecord, S3State } from './state.ts';

export function copyHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  return {
    CopyObject: operation(
      [
        'Bucket',
        'Key',
        'CopySource',
        'MetadataDirective',
        'TaggingDirective',
        'ChecksumAlgorithm',
        'CacheControl',
        'ContentDisposition',
        'ContentEncoding',
        'ContentLanguage',
        'ContentType',
        'Metadata',
        'CopySourceIfMatch',
        'CopySourceIfNoneMatch',
        'CopySourceIfModifiedSince',
        'CopySourceIfUnmodifiedSince',
        'IfMatch',
        'IfNoneMatch',
      ],
      async (input) => {
        const source = findSource(state, input.CopySource);
        const { name: bucket } = state.bucket(input.Bucket);
        const key = checkKey(input.Key);
        checkSource(source, input);
        checkWritable(state.find(bucket, key), input);
        const replace = input.MetadataDirective === 'REPLACE';
        if (source.bucket === bucket && source.key === key && !replace)
          throw new ApiError(
            'InvalidRequest',
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
            400,
          );
        const body = await state.blobs.read(source.blob, 0, source.size - 1);
        const checksums = input.ChecksumAlgorithm
          ? member(input.ChecksumAlgorithm, body)
          : source.checksumType === 'FULL_OBJECT'
            ? source.checksums
            : {};
        const object: ObjectRecord = {
          ...source,
          bucket,
          key,
          blob: await state.blobs.write(body),
          modifiedAt: state.now(),
          headers: replace ? readHeaders(input) : source.headers,
          checksums,
          checksumType: 'FULL_OBJECT',
        };
        await state.put(object);
        return {
          ServerSideEncryption: 'AES256',
          CopyObjectResult: {
            ETag: object.etag,
            LastModified: object.modifiedAt,
            ...checksums,
            ...typeOf(checksums),
          },
        };
      },
    ),
  };
}

function member(algorithm: string, body: Buffer): ObjectRecord['checksums'] {
  const name = checksumMember(algorithm);
  return { [name]: checksum(name, body) };
}

/** `bucket/key` or `/bucket/key`, percent-encoded: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function findSource(state: S3State, source = ''): ObjectRecord {
  let decoded: string;
  try {
    decoded = decodeURIComponent(source);
  } catch {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: it is not valid percent-encoding',
    );
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded) ?? [];
  if (!bucket || !key)
    throw invalidArgument('Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  return state.object(bucket, key);
}

interface SourceConditions {
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfNoneMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}
/** A source that is not as wanted is a failed condition, never "not modified". */
export function checkSource(source: ObjectRecord, input: SourceConditions): void {
  try {
    checkReadable(source, {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    });
  } catch (error) {
    throw error instanceof ApiError
      ? new ApiError(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
          412,
        )
      : error;
  }
}
