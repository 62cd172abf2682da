import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { matches } from './conditions.ts';
import { notImplemented, operation, preconditionFailed } from './errors.ts';
import type { S3State } from './state.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const MOST_AT_ONCE = 1000;

export function deletionHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  return {
    // What is not there is deleted all the same.
    DeleteObject: operation(['Bucket', 'Key', 'IfMatch'], async ({ Bucket, Key = '', IfMatch }) => {
      const { name } = state.bucket(Bucket);
      const object = state.find(name, Key);
      if (IfMatch !== undefined && object && !matches(object, IfMatch)) throw preconditionFailed();
      await state.remove(name, Key);
      return {};
    }),
    DeleteObjects: operation(
      ['Bucket', 'Delete', 'ChecksumAlgorithm'],
      async ({ Bucket, Delete: { Objects = [], Quiet = false } = { Objects: [] } }) => {
        const { name } = state.bucket(Bucket);
        if (Objects.length === 0 || Objects.length > MOST_AT_ONCE)
          throw new ApiError(
            'MalformedXML',
            'The XML you provided was not well-formed or did not validate against our published schema',
            400,
          );
        const versioned = Objects.find(({ VersionId, ETag }) => VersionId ?? ETag);
        if (versioned) throw notImplemented(`Deleting a version or an ETag of ${versioned.Key}`);
        for (const { Key = '' } of Objects) await state.remove(name, Key);
        return Quiet ? {} : { Deleted: Objects.map(({ Key }) => ({ Key })) };
      },
    ),
  };
}
