import type { NotScaledReason, ScalingActivity } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidToken, operation } from './errors.ts';
import { capacityOf, checkNamespace, DIMENSION, NAMESPACE } from './resource.ts';
import type { ActivityRecord, AutoScaling, Sdk } from './state.ts';

/** Six weeks on AWS; here the newest of each target. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html */
const KEPT = 200;

type Told = Pick<
  ScalingActivity,
  'Description' | 'Cause' | 'StatusCode' | 'StatusMessage' | 'NotScaledReasons'
>;

export function addActivity(scaling: AutoScaling, resourceId: string, told: Told, desired?: number): void {
  const before = scaling.activities.get(resourceId)?.items ?? [];
  const at = scaling.now();
  const items = desired === undefined ? before : before.map((one) => overridden(one, at));
  const activity: ScalingActivity = {
    ActivityId: randomUUID(),
    ServiceNamespace: NAMESPACE,
    ResourceId: resourceId,
    ScalableDimension: DIMENSION,
    StartTime: at,
    ...(told.StatusCode === 'InProgress' ? {} : { EndTime: at }),
    ...told,
  } as ScalingActivity;
  scaling.activities.put(resourceId, { items: [...items, { activity, desired }].slice(-KEPT) });
}

/** A count that was set before the one before it was reached. */
function overridden(record: ActivityRecord, at: Date): ActivityRecord {
  if (record.activity.StatusCode !== 'InProgress') return record;
  return { ...record, activity: { ...record.activity, StatusCode: 'Overridden', EndTime: at } };
}

/** Why nothing was changed; told once as long as it stays so. */
export function addNotScaled(
  scaling: AutoScaling,
  resourceId: string,
  cause: string,
  reasons: NotScaledReason[],
): void {
  const last = scaling.activities.get(resourceId)?.items.at(-1)?.activity;
  if (last?.NotScaledReasons && last.Cause === cause && sameReasons(last.NotScaledReasons, reasons)) return;
  addActivity(scaling, resourceId, {
    Description: 'Attempting to scale due to alarm triggered',
    Cause: cause,
    StatusCode: 'Failed',
    NotScaledReasons: reasons,
  });
}
const sameReasons = (one: NotScaledReason[], other: NotScaledReason[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export const pendingActivity = (scaling: AutoScaling): readonly string[] =>
  [...scaling.activities.keys()].filter((id) =>
    scaling.activities.get(id)?.items.some(({ activity }) => activity.StatusCode === 'InProgress'),
  );

/** Ends the activity of a service that has come to its count. */
export async function fulfil(scaling: AutoScaling, resourceId: string): Promise<void> {
  const capacity = await capacityOf(scaling.region, resourceId);
  const items = scaling.activities.get(resourceId)?.items ?? [];
  const at = scaling.now();
  const after = items.map((record): ActivityRecord => {
    const { activity, desired } = record;
    if (activity.StatusCode !== 'InProgress' || capacity?.running !== desired) return record;
    return {
      ...record,
      activity: {
        ...activity,
        StatusCode: 'Successful',
        StatusMessage: `Successfully set desired count to ${desired}. Change successfully fulfilled by ecs.`,
        EndTime: at,
      },
    };
  });
  if (after.some((one, index) => one !== items[index])) scaling.activities.put(resourceId, { items: after });
}

export function activityHandlers(scaling: AutoScaling): Handlers<Sdk> {
  return {
    /** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html */
    DescribeScalingActivities: operation(
      [
        'ServiceNamespace',
        'ResourceId',
        'ScalableDimension',
        'MaxResults',
        'NextToken',
        'IncludeNotScaledActivities',
      ],
      async ({
        ServiceNamespace,
        ResourceId,
        MaxResults = 50,
        NextToken,
        IncludeNotScaledActivities = false,
      }) => {
        checkNamespace(ServiceNamespace);
        for (const id of pendingActivity(scaling)) await fulfil(scaling, id);
        const found = [...scaling.activities.values()]
          .flatMap(({ items }) => items.map(({ activity }) => activity))
          .filter(
            (one) =>
              (!ResourceId || one.ResourceId === ResourceId) &&
              (IncludeNotScaledActivities || !one.NotScaledReasons),
          )
          .reverse()
          .map((activity, index) => ({ activity, key: String(index).padStart(6, '0') }));
        const { items, next } = pageAfter(found, ({ key }) => key, MaxResults, NextToken, invalidToken);
        return {
          ScalingActivities: items.map(({ activity }) => activity),
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
  };
}
