import type { ScalableTargetAction, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { gone } from '../engine/failure.ts';
import { type Scalable, scalableId, scalableOf } from './applicationautoscaling.ts';
import { changed, isOurs, listChanges, tagChanges } from './changes.ts';
import { resourceType, type Context, type Existing } from './resource-type.ts';

interface Scheduled {
  readonly ScheduledActionName: string;
  readonly Schedule: string;
  readonly Timezone?: string;
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly ScalableTargetAction?: ScalableTargetAction;
}
interface Properties extends Scalable {
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
  readonly RoleARN?: string;
  readonly ScheduledActions?: readonly Scheduled[];
  readonly SuspendedState?: SuspendedState;
  readonly Tags?: unknown;
}

const registration = ({ properties }: Context<Properties>) => {
  const {
    ResourceId,
    ScalableDimension,
    ServiceNamespace,
    MinCapacity,
    MaxCapacity,
    RoleARN,
    SuspendedState,
  } = properties;
  return {
    ResourceId,
    ScalableDimension,
    ServiceNamespace,
    MinCapacity,
    MaxCapacity,
    RoleARN,
    SuspendedState: SuspendedState ?? {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    },
  };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-applicationautoscaling-scalabletarget.html */
export const scalableTarget = resourceType<Properties>({
  type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  properties: [
    'ResourceId',
    'ScalableDimension',
    'ServiceNamespace',
    'MinCapacity',
    'MaxCapacity',
    'RoleARN',
    'ScheduledActions',
    'SuspendedState',
    'Tags',
  ],
  async create(context) {
    await context.region.api.applicationautoscaling.RegisterScalableTarget({
      ...registration(context),
      Tags: Object.fromEntries(context.tags.map(({ Key, Value }) => [Key, Value])),
    });
    return scalableId(context.properties);
  },
  async find(context) {
    const ResourceARN = await arnOf(context, context.properties);
    if (ResourceARN === undefined) return undefined;
    const { Tags = {} } = await context.region.api.applicationautoscaling.ListTagsForResource({
      ResourceARN,
    });
    const actual = Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }));
    return isOurs(context.tags, actual) ? scalableId(context.properties) : undefined;
  },
  async sync(existing) {
    const { region, before } = existing;
    if (before && changed(existing, 'MinCapacity', 'MaxCapacity', 'RoleARN', 'SuspendedState'))
      await region.api.applicationautoscaling.RegisterScalableTarget(registration(existing));
    await syncScheduled(existing);
    const { put, remove } = tagChanges(existing);
    if (put.length === 0 && remove.length === 0) return;
    const ResourceARN = await arnOf(existing, scalableOf(existing.physicalId));
    if (put.length > 0)
      await region.api.applicationautoscaling.TagResource({
        ResourceARN,
        Tags: Object.fromEntries(put.map(({ Key, Value }) => [Key, Value])),
      });
    if (remove.length > 0)
      await region.api.applicationautoscaling.UntagResource({ ResourceARN, TagKeys: [...remove] });
  },
  read: async (existing) => ({ Id: existing.physicalId }),
  async delete({ region, physicalId }) {
    await gone(region.api.applicationautoscaling.DeregisterScalableTarget(scalableOf(physicalId)));
  },
});

async function syncScheduled({
  region,
  physicalId,
  properties,
  before,
  tried,
}: Existing<Properties>): Promise<void> {
  const wanted = properties.ScheduledActions ?? [];
  const { added, removed } = listChanges(
    wanted,
    before?.ScheduledActions ?? [],
    tried.map(({ ScheduledActions = [] }) => ScheduledActions),
  );
  const { applicationautoscaling } = region.api;
  const target = scalableOf(physicalId);
  const kept = new Set(wanted.map(({ ScheduledActionName }) => ScheduledActionName));
  for (const { ScheduledActionName } of removed)
    if (!kept.has(ScheduledActionName))
      await gone(applicationautoscaling.DeleteScheduledAction({ ...target, ScheduledActionName }));
  for (const { StartTime, EndTime, ...action } of added)
    await applicationautoscaling.PutScheduledAction({
      ...target,
      ...action,
      ...(StartTime ? { StartTime: new Date(StartTime) } : {}),
      ...(EndTime ? { EndTime: new Date(EndTime) } : {}),
    });
}

async function arnOf(
  { region }: Context<Properties>,
  { ResourceId, ServiceNamespace, ScalableDimension }: Scalable,
): Promise<string | undefined> {
  const { ScalableTargets = [] } = await region.api.applicationautoscaling.DescribeScalableTargets({
    ServiceNamespace,
    ScalableDimension,
    ResourceIds: [ResourceId],
  });
  return ScalableTargets[0]?.ScalableTargetARN;
}
