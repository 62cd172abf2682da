import { handleBucket } from '../signals.ts';
import { resourceType } from './resource-type.ts';

/** Longer than any wait condition waits. */
const lifetime = 24 * 60 * 60;

/**
 * An address that takes signals: at the region's own endpoint, where whoever runs on this machine reaches it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html
 */
export const waitConditionHandle = resourceType<Record<string, never>>({
  type: 'AWS::CloudFormation::WaitConditionHandle',
  properties: [],
  create: async ({ region, key, token, begunAt }) => {
    const expires = Math.floor(begunAt.getTime() / 1000) + lifetime;
    const bucket = handleBucket(region.identity.region);
    const endpoint = region.endpoint?.();
    const address = endpoint === undefined ? `https://${bucket}.s3.amazonaws.com` : `${endpoint}/${bucket}`;
    return `${address}/${encodeURIComponent(key)}?AWSAccessKeyId=fairway&Expires=${expires}&Signature=${token}`;
  },
  find: async () => undefined,
  delete: async () => {},
});

/** What signals for a handle are kept under: the key of its resource, which its address carries. */
export function targetOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  return decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '') || undefined;
}
