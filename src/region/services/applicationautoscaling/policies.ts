import type { Alarm, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalid, invalidToken, limit, notFound, operation } from './errors.ts';
import { alarmName, deleteManagedAlarms, putManagedAlarms } from './managed-alarms.ts';
import { readPolicy } from './policy-input.ts';
import { checkDimension, checkNamespace, checkResource, DIMENSION, NAMESPACE } from './resource.ts';
import type { AutoScaling, PolicyRecord, Sdk, TrackingPolicy } from './state.ts';
import { findTarget } from './targets.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html */
const POLICIES_PER_TARGET = 50;

export function policyHandlers(scaling: AutoScaling): Handlers<Sdk> {
  const { policies } = scaling;
  const find = (resourceId: string, name: string | undefined): PolicyRecord | undefined =>
    scaling.policiesOf(resourceId).find((policy) => policy.name === name);
  return {
    /** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html */
    PutScalingPolicy: operation(
      [
        'PolicyName',
        'ServiceNamespace',
        'ResourceId',
        'ScalableDimension',
        'PolicyType',
        'StepScalingPolicyConfiguration',
        'TargetTrackingScalingPolicyConfiguration',
        'PredictiveScalingPolicyConfiguration',
      ],
      async (input) => {
        const resourceId = checkResource(input);
        const name = input.PolicyName ?? '';
        if (!/^\P{Cc}{1,256}$/u.test(name) || /[|:]/.test(name))
          throw invalid(`PolicyName ${name} must have 1 to 256 characters, no | and no :.`);
        findTarget(scaling, resourceId);
        const before = find(resourceId, name);
        const checked = readPolicy(resourceId, before ? { PolicyType: before.type, ...input } : input);
        if (before && before.type !== checked.type)
          throw invalid(`The type of the policy ${name} is ${before.type} and cannot be changed.`);
        if (!before && scaling.policiesOf(resourceId).length >= POLICIES_PER_TARGET)
          throw limit(
            `The scalable target ${resourceId} has ${POLICIES_PER_TARGET} policies, the most there may be.`,
          );
        const common = {
          name,
          resourceId,
          arn: before?.arn ?? policyArn(scaling, resourceId, name),
          createdAt: before?.createdAt ?? scaling.now(),
        };
        if (checked.type === 'StepScaling') policies.put(common.arn, { ...common, ...checked });
        else {
          const known = before?.type === 'TargetTrackingScaling' ? before.alarms : undefined;
          const policy: TrackingPolicy = {
            ...common,
            ...checked,
            alarms: {
              high: known?.high ?? alarmName(resourceId, 'High'),
              low: checked.configuration.DisableScaleIn
                ? undefined
                : (known?.low ?? alarmName(resourceId, 'Low')),
            },
          };
          if (known?.low !== undefined && policy.alarms.low === undefined)
            await scaling.region.api.cloudwatch.DeleteAlarms({ AlarmNames: [known.low] });
          policies.put(common.arn, policy);
          await putManagedAlarms(scaling, policy).catch((error: unknown) => {
            if (!before) policies.delete(common.arn);
            throw error;
          });
        }
        return { PolicyARN: common.arn, Alarms: await alarmsOf(scaling, policies.get(common.arn)!) };
      },
    ),
    DeleteScalingPolicy: operation(
      ['PolicyName', 'ServiceNamespace', 'ResourceId', 'ScalableDimension'],
      async (input) => {
        const resourceId = checkResource(input);
        const policy = find(resourceId, input.PolicyName);
        if (!policy)
          throw notFound(
            `No scaling policy found for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}, policy name: ${input.PolicyName}`,
          );
        await deleteManagedAlarms(scaling, policy);
        policies.delete(policy.arn);
        return {};
      },
    ),
    DescribeScalingPolicies: operation(
      ['PolicyNames', 'ServiceNamespace', 'ResourceId', 'ScalableDimension', 'MaxResults', 'NextToken'],
      async ({
        PolicyNames,
        ServiceNamespace,
        ResourceId,
        ScalableDimension,
        MaxResults = 10,
        NextToken,
      }) => {
        checkNamespace(ServiceNamespace);
        if (ScalableDimension !== undefined) checkDimension(ScalableDimension);
        const matching = [...policies.values()].filter(
          ({ name, resourceId }) =>
            (!ResourceId || resourceId === ResourceId) &&
            (!PolicyNames?.length || PolicyNames.includes(name)),
        );
        const { items, next } = pageAfter(matching, ({ arn }) => arn, MaxResults, NextToken, invalidToken);
        const ScalingPolicies: ScalingPolicy[] = [];
        for (const policy of items) ScalingPolicies.push(view(policy, await alarmsOf(scaling, policy)));
        return { ScalingPolicies, ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}

const policyArn = (scaling: AutoScaling, resourceId: string, name: string): string =>
  scaling.arn(
    'autoscaling',
    `scalingPolicy:${randomUUID()}:resource/${NAMESPACE}/${resourceId}:policyName/${name}`,
  );

/** The alarms that invoke a policy. */
async function alarmsOf({ region }: AutoScaling, { arn }: PolicyRecord): Promise<Alarm[]> {
  const { MetricAlarms = [] } = await region.api.cloudwatch.DescribeAlarms({ ActionPrefix: arn });
  return MetricAlarms.map(({ AlarmName, AlarmArn }) => ({ AlarmName, AlarmARN: AlarmArn }));
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingPolicy.html */
function view(policy: PolicyRecord, alarms: Alarm[]): ScalingPolicy {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: NAMESPACE,
    ResourceId: policy.resourceId,
    ScalableDimension: DIMENSION,
    PolicyType: policy.type,
    ...(policy.type === 'StepScaling'
      ? { StepScalingPolicyConfiguration: policy.configuration }
      : { TargetTrackingScalingPolicyConfiguration: policy.configuration }),
    Alarms: alarms,
    CreationTime: policy.createdAt,
  };
}
