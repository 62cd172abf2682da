import { createHash } from 'node:crypto';
import type { Target } from './target.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (template body size) */
const LARGEST_BODY = 51_200;

/** How a template travels: with the call, or, above the API's limit, by an S3 object named after its content. */
export async function templateSource(
  target: Target,
  body: string,
): Promise<{ TemplateBody: string } | { TemplateURL: string }> {
  if (Buffer.byteLength(body) <= LARGEST_BODY) return { TemplateBody: body };
  const { CreateBucketCommand, HeadBucketCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { client, bucket } = await target.s3();
  const missing = await client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => false,
    (error: { $metadata?: { httpStatusCode?: number } }) => {
      if (error.$metadata?.httpStatusCode === 404) return true;
      throw error;
    },
  );
  const region = await client.config.region();
  if (missing) {
    // us-east-1 is the one region that refuses to be named here:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (LocationConstraint)
    const place =
      region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
    await client.send(new CreateBucketCommand({ Bucket: bucket, ...place }));
  }
  const key = `templates/${createHash('sha256').update(body).digest('hex')}.template`;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return { TemplateURL: `https://${bucket}.s3.${region}.amazonaws.com/${key}` };
}
