import { join } from 'node:path';
import type { Region, Service } from '../../region.ts';
import { createBlobs } from './blobs.ts';
import { bucketHandlers } from './buckets.ts';
import { copyHandlers } from './copy.ts';
import { deletionHandlers } from './deletion.ts';
import { listingHandlers } from './listing.ts';
import { multipartHandlers } from './multipart.ts';
import { objectHandlers } from './objects.ts';
import { createState } from './state.ts';

/** Amazon S3: metadata in the store, contents in files that are named by number, never by key. */
export function createS3(region: Region): Service<typeof import('@aws-sdk/client-s3')> {
  const state = createState(region, createBlobs(join(region.identity.stateDirectory, 's3')));
  const objects = objectHandlers(state);
  return {
    handlers: {
      ...bucketHandlers(state),
      ...objects,
      PutObject: signalsOr(region, objects.PutObject!),
      ...copyHandlers(state),
      ...deletionHandlers(state),
      ...listingHandlers(state),
      ...multipartHandlers(state),
    },
    internal: undefined,
    start: () => state.sweep(),
  };
}

type PutObject = NonNullable<ReturnType<typeof objectHandlers>['PutObject']>;

/** The handles of wait conditions lie in a bucket of CloudFormation's, whose objects are signals. */
function signalsOr(region: Region, put: PutObject): PutObject {
  return (input, context) => {
    if (input.Bucket !== `cloudformation-waitcondition-${region.identity.region}`) return put(input, context);
    region.internal.cloudformation.signal(input.Key ?? '', input.Body ?? new Uint8Array());
    return {};
  };
}
