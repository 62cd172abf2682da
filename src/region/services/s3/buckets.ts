import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidArgument, noSuchBucket, notImplemented, operation } from './errors.ts';
import type { S3State } from './state.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NAME = /^(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function bucketHandlers(state: S3State): Handlers<typeof import('@aws-sdk/client-s3')> {
  const { region } = state.region.identity;
  return {
    CreateBucket: operation(
      ['Bucket', 'CreateBucketConfiguration'],
      ({
        Bucket: name = '',
        CreateBucketConfiguration: { LocationConstraint: location, ...others } = {},
      }) => {
        const other = Object.entries(others).find(([, value]) => value !== undefined);
        if (other) throw notImplemented(`CreateBucketConfiguration.${other[0]}`);
        if (!NAME.test(name))
          throw new ApiError('InvalidBucketName', 'The specified bucket is not valid.', 400, {
            BucketName: name,
          });
        checkLocation(region, location);
        if (state.buckets.has(name))
          throw new ApiError(
            'BucketAlreadyOwnedByYou',
            'Your previous request to create the named bucket succeeded and you already own it.',
            409,
            { BucketName: name },
          );
        state.buckets.put(name, { name, createdAt: state.now() });
        return { Location: region === 'us-east-1' ? `/${name}` : `http://${name}.s3.amazonaws.com/` };
      },
    ),
    HeadBucket: operation(['Bucket'], ({ Bucket = '' }) => {
      // A HEAD has no body to say more in.
      if (!state.buckets.has(Bucket)) throw new ApiError('NotFound', noSuchBucket(Bucket).message, 404);
      return { BucketRegion: region, AccessPointAlias: false };
    }),
    DeleteBucket: operation(['Bucket'], ({ Bucket }) => {
      const { name } = state.bucket(Bucket);
      const uploading = [...state.uploads.values()].some(({ bucket }) => bucket === name);
      if (!state.isEmpty(name) || uploading)
        throw new ApiError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
          BucketName: name,
        });
      state.buckets.delete(name);
      return {};
    }),
    ListBuckets: operation(
      ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
      ({ MaxBuckets = 10_000, ContinuationToken, Prefix = '', BucketRegion }) => {
        const matching = [...state.buckets.values()].filter(
          ({ name }) => name.startsWith(Prefix) && (BucketRegion === undefined || BucketRegion === region),
        );
        const { items, next } = pageAfter(
          matching,
          ({ name }) => name,
          MaxBuckets,
          ContinuationToken,
          () => invalidArgument('The continuation token provided is incorrect'),
        );
        return {
          Owner: { ID: ownerId(state) },
          Buckets: items.map(({ name, createdAt }) => ({
            Name: name,
            CreationDate: createdAt,
            BucketRegion: region,
          })),
          ...(next ? { ContinuationToken: next } : {}),
          ...(Prefix ? { Prefix } : {}),
        };
      },
    ),
    GetBucketLocation: operation(['Bucket'], ({ Bucket }) => {
      state.bucket(Bucket);
      // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: us-east-1 is nothing
      return region === 'us-east-1' ? {} : { LocationConstraint: region as 'eu-west-1' };
    }),
  };
}

/** A canonical user id has 64 hexadecimal digits. */
export const ownerId = ({ region }: S3State): string => region.identity.accountId.padStart(64, '0');

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
function checkLocation(region: string, location: string | undefined): void {
  if ((location ?? 'us-east-1') === region && !(location === 'us-east-1')) return;
  throw location === 'us-east-1'
    ? new ApiError('InvalidLocationConstraint', 'The specified location-constraint is not valid', 400)
    : new ApiError(
        'IllegalLocationConstraintException',
        `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        400,
      );
}
