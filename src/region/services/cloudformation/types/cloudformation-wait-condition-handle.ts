import { resourceType } from './resource-type.ts';

/**
 * A name that changes nothing: templates without resources of their own use it. Nothing listens at its address.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html
 */
export const waitConditionHandle = resourceType<Record<string, never>>({
  type: 'AWS::CloudFormation::WaitConditionHandle',
  properties: [],
  create: async ({ region, stackId, logicalId }) =>
    `https://cloudformation-waitcondition-${region.identity.region}.s3.amazonaws.com/${encodeURIComponent(`${stackId}/${logicalId}`)}`,
  find: async () => undefined,
  delete: async () => {},
});
