import type {
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { gone, ResourceFailure } from '../engine/failure.ts';
import { type Scalable, scalableOf } from './applicationautoscaling.ts';
import { changed } from './changes.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties extends Partial<Scalable> {
  readonly PolicyName: string;
  readonly PolicyType: 'StepScaling' | 'TargetTrackingScaling';
  readonly ScalingTargetId?: string;
  readonly StepScalingPolicyConfiguration?: StepScalingPolicyConfiguration;
  readonly TargetTrackingScalingPolicyConfiguration?: TargetTrackingScalingPolicyConfiguration;
}

/** By ScalingTargetId, or by the three properties that it stands for. */
function targetOf({
  ScalingTargetId,
  ResourceId,
  ScalableDimension,
  ServiceNamespace,
}: Properties): Scalable {
  if (ScalingTargetId !== undefined) return scalableOf(ScalingTargetId);
  if (!ResourceId || !ScalableDimension || !ServiceNamespace)
    throw new ResourceFailure(
      'Either ScalingTargetId or ResourceId, ScalableDimension and ServiceNamespace must be specified',
      'InvalidRequest',
    );
  return { ResourceId, ScalableDimension, ServiceNamespace };
}

async function put({ region, properties }: Context<Properties>): Promise<string> {
  const { PolicyName, PolicyType, StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration } =
    properties;
  const { PolicyARN } = await region.api.applicationautoscaling.PutScalingPolicy({
    ...targetOf(properties),
    PolicyName,
    PolicyType,
    StepScalingPolicyConfiguration,
    TargetTrackingScalingPolicyConfiguration,
  });
  return PolicyARN!;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalingpolicy.html */
export const scalingPolicy = resourceType<Properties>({
  type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
  properties: [
    'PolicyName',
    'PolicyType',
    'ScalingTargetId',
    'ResourceId',
    'ScalableDimension',
    'ServiceNamespace',
    'StepScalingPolicyConfiguration',
    'TargetTrackingScalingPolicyConfiguration',
  ],
  create: put,
  async find({ region, properties, begunAt, others }) {
    const { ResourceId, ServiceNamespace } = targetOf(properties);
    const { ScalingPolicies = [] } = await region.api.applicationautoscaling.DescribeScalingPolicies({
      ServiceNamespace,
      ResourceId,
      PolicyNames: [properties.PolicyName],
    });
    return ScalingPolicies.find(
      ({ PolicyARN = '', CreationTime }) => !others.includes(PolicyARN) && CreationTime! >= begunAt,
    )?.PolicyARN;
  },
  async sync(existing) {
    if (!existing.before) return;
    if (
      changed(
        existing,
        'PolicyType',
        'StepScalingPolicyConfiguration',
        'TargetTrackingScalingPolicyConfiguration',
      )
    )
      await put(existing);
  },
  read: async ({ physicalId }) => ({ Arn: physicalId }),
  async delete({ region, properties }) {
    const { PolicyName } = properties;
    await gone(
      region.api.applicationautoscaling.DeleteScalingPolicy({ ...targetOf(properties), PolicyName }),
    );
  },
});
