import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';

/** Codes, words and statuses: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const noSuchBucket = (BucketName: string): ApiError =>
  new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName });
export const noSuchKey = (Key: string): ApiError =>
  new ApiError('NoSuchKey', 'The specified key does not exist.', 404, { Key });
export const noSuchUpload = (): ApiError =>
  new ApiError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  );
export const invalidArgument = (message: string): ApiError => new ApiError('InvalidArgument', message, 400);
export const notImplemented = (what: string): ApiError =>
  new ApiError('NotImplemented', `${what} is not enacted in the local region`, 501);
export const preconditionFailed = (): ApiError =>
  new ApiError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

const enacted = enacting((member, value) => notImplemented(`${member} (${JSON.stringify(value)})`));

/** Members whose one value in the list is what happens here anyway. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  ACL: ['private', 'bucket-owner-full-control'],
  StorageClass: ['STANDARD'],
  // What S3 does with every object since 2023: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
  ServerSideEncryption: ['AES256'],
  ObjectOwnership: ['BucketOwnerEnforced'],
  RequestPayer: ['requester'],
};

/** As `enacting`, with the members that every operation of S3 may carry. */
export function operation<I extends object, O>(
  members: readonly NoInfer<keyof I>[],
  handle: (input: I) => O,
): (input: I) => O {
  const run = enacted<I, O>(
    [...members, ...(Object.keys(ONLY) as NoInfer<keyof I>[]), ...shared<I>()],
    handle,
  );
  return (input) => {
    const values = input as Readonly<Record<string, unknown>>;
    for (const [member, allowed] of Object.entries(ONLY)) {
      const value = values[member];
      if (value !== undefined && !allowed.includes(String(value)))
        throw notImplemented(`${member} ${String(value)}`);
    }
    return run(input);
  };
}
// Whose bucket it is: there is one account.
const shared = <I>(): (keyof I)[] => ['ExpectedBucketOwner', 'ExpectedSourceBucketOwner'] as (keyof I)[];
