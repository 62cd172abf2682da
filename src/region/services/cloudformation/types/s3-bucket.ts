import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { gone } from '../engine/failure.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly BucketName?: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket = resourceType<Properties>({
  type: 'AWS::S3::Bucket',
  properties: ['BucketName'],
  naming: { property: 'BucketName', limit: 63, lowerCase: true },
  async create({ region, name }) {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is what no constraint means.
    const here = region.identity.region;
    await region.api.s3.CreateBucket({
      Bucket: name,
      ...(here === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: here as BucketLocationConstraint } }),
    });
    return name;
  },
  /** A bucket that was there before is somebody else's. */
  async find({ region, name, begunAt }) {
    const { Buckets = [] } = await region.api.s3.ListBuckets({});
    const found = Buckets.find(({ Name }) => Name === name);
    // Whole seconds are all that S3 tells.
    const since = Math.floor(begunAt.getTime() / 1000) * 1000;
    return found && (found.CreationDate?.getTime() ?? 0) >= since ? name : undefined;
  },
  read: async ({ region, physicalId }) => ({
    Arn: `arn:aws:s3:::${physicalId}`,
    DomainName: `${physicalId}.s3.amazonaws.com`,
    RegionalDomainName: `${physicalId}.s3.${region.identity.region}.amazonaws.com`,
  }),
  delete: ({ region, physicalId }) => gone(region.api.s3.DeleteBucket({ Bucket: physicalId })),
});
