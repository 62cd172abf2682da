import { gone, orMissing } from '../engine/failure.ts';
import { isOurs, tagChanges } from './changes.ts';
import { resourceType, type Existing } from './resource-type.ts';

interface Properties {
  readonly BucketName?: string;
  readonly Tags?: unknown;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket = resourceType<Properties>({
  type: 'AWS::S3::Bucket',
  properties: ['BucketName', 'Tags'],
  naming: { property: 'BucketName', limit: 63, lowerCase: true },
  async create({ region, name }) {
    await region.api.s3.CreateBucket({ Bucket: name });
    return name;
  },
  /** A bucket is tagged by a second call: between the two, only a name that CloudFormation made tells whose it is. */
  async find({ region, name, properties, tags }) {
    if (properties.BucketName === undefined)
      return (await orMissing(region.api.s3.HeadBucket({ Bucket: name }))) && name;
    const found = await orMissing(region.api.s3.GetBucketTagging({ Bucket: name }));
    return isOurs(tags, found?.TagSet) ? name : undefined;
  },
  async sync(existing) {
    const { put, remove } = tagChanges(existing);
    if (!existing.before || put.length > 0 || remove.length > 0) await tag(existing);
  },
  read: async ({ region, physicalId }) => ({
    Arn: `arn:aws:s3:::${physicalId}`,
    DomainName: `${physicalId}.s3.amazonaws.com`,
    RegionalDomainName: `${physicalId}.s3.${region.identity.region}.amazonaws.com`,
  }),
  delete: ({ region, physicalId }) => gone(region.api.s3.DeleteBucket({ Bucket: physicalId })),
});

async function tag({ region, physicalId, tags }: Existing<Properties>): Promise<void> {
  await region.api.s3.PutBucketTagging({
    Bucket: physicalId,
    Tagging: { TagSet: tags.map(({ Key, Value }) => ({ Key, Value })) },
  });
}
