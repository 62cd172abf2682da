import type { ScalableTarget, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { Region } from '../../region.ts';
import { invalid, invalidToken, notFound, operation } from './errors.ts';
import { deleteManagedAlarms } from './managed-alarms.ts';
import {
  capacityOf,
  checkDimension,
  checkNamespace,
  checkResource,
  DIMENSION,
  NAMESPACE,
} from './resource.ts';
import { keepWithinBounds } from './scaling/bounds.ts';
import type { AutoScaling, Sdk, TargetRecord } from './state.ts';

const PRINCIPAL = 'ecs.application-autoscaling.amazonaws.com';
const ROLE = 'AWSServiceRoleForApplicationAutoScaling_ECSService';

export function targetHandlers(scaling: AutoScaling, onSchedule: () => void): Handlers<Sdk> {
  const { targets, region } = scaling;
  return {
    /** What is not said of a registered target stays. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
    RegisterScalableTarget: operation(
      [
        'ServiceNamespace',
        'ResourceId',
        'ScalableDimension',
        'MinCapacity',
        'MaxCapacity',
        'RoleARN',
        'SuspendedState',
        'Tags',
      ],
      async (input) => {
        const resourceId = checkResource(input);
        const before = targets.get(resourceId);
        const min = input.MinCapacity ?? before?.min;
        const max = input.MaxCapacity ?? before?.max;
        checkBounds(min, max);
        if (!(await capacityOf(region, resourceId)))
          throw invalid(`ECS service doesn't exist: ${resourceId}`);
        await ensureRole(region);
        const arn =
          before?.arn ??
          scaling.arn('application-autoscaling', `scalable-target/${randomUUID().replaceAll('-', '')}`);
        targets.put(resourceId, {
          ...(before ?? {
            resourceId,
            arn,
            createdAt: scaling.now(),
            scaledOut: {},
            tags: { ...input.Tags },
          }),
          min: min!,
          max: max!,
          suspended: { ...(before?.suspended ?? NOT_SUSPENDED), ...given(input.SuspendedState) },
        });
        await keepWithinBounds(scaling, resourceId);
        return { ScalableTargetARN: arn };
      },
    ),
    /** Its policies and scheduled actions go with it. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html */
    DeregisterScalableTarget: operation(
      ['ServiceNamespace', 'ResourceId', 'ScalableDimension'],
      async (input) => {
        const resourceId = checkResource(input);
        findTarget(scaling, resourceId);
        for (const policy of scaling.policiesOf(resourceId)) {
          await deleteManagedAlarms(scaling, policy);
          scaling.policies.delete(policy.arn);
        }
        for (const { arn } of scaling.scheduledOf(resourceId)) scaling.scheduled.delete(arn);
        targets.delete(resourceId);
        onSchedule();
        return {};
      },
    ),
    /** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalableTargets.html */
    DescribeScalableTargets: operation(
      ['ServiceNamespace', 'ResourceIds', 'ScalableDimension', 'MaxResults', 'NextToken'],
      ({ ServiceNamespace, ResourceIds, ScalableDimension, MaxResults = 50, NextToken }) => {
        checkNamespace(ServiceNamespace);
        if (ScalableDimension !== undefined) checkDimension(ScalableDimension);
        const matching = [...targets.values()].filter(
          ({ resourceId }) => !ResourceIds?.length || ResourceIds.includes(resourceId),
        );
        const { items, next } = pageAfter(
          matching,
          ({ resourceId }) => resourceId,
          MaxResults,
          NextToken,
          invalidToken,
        );
        return {
          ScalableTargets: items.map((target) => view(region, target)),
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
  };
}

const NOT_SUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
} as const;
const given = (state: SuspendedState = {}): Partial<Required<SuspendedState>> =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));

export function findTarget({ targets }: AutoScaling, resourceId: string): TargetRecord {
  const target = targets.get(resourceId);
  if (!target)
    throw notFound(
      `No scalable target registered for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}`,
    );
  return target;
}

function checkBounds(min: number | undefined, max: number | undefined): void {
  if (min === undefined || max === undefined)
    throw invalid('MinCapacity and MaxCapacity must be given when a scalable target is registered.');
  if (!(Number.isInteger(min) && min >= 0)) throw invalid(`Minimum capacity ${min} must be 0 or more`);
  if (max < min) throw invalid(`Maximum capacity cannot be less than minimum capacity`);
}

/** The service-linked role comes with the first registration. https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-ecs.html */
async function ensureRole({ api: { iam } }: Region): Promise<void> {
  const known = await iam.GetRole({ RoleName: ROLE }).then(
    () => true,
    () => false,
  );
  if (!known) await iam.CreateServiceLinkedRole({ AWSServiceName: PRINCIPAL });
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html */
function view({ identity }: Region, target: TargetRecord): ScalableTarget {
  return {
    ServiceNamespace: NAMESPACE,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    MinCapacity: target.min,
    MaxCapacity: target.max,
    RoleARN: `arn:${identity.partition}:iam::${identity.accountId}:role/aws-service-role/${PRINCIPAL}/${ROLE}`,
    CreationTime: target.createdAt,
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  };
}
