import type { ScheduledAction } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalid, invalidToken, limit, notFound, operation } from './errors.ts';
import { checkNamespace, checkResource, DIMENSION, NAMESPACE } from './resource.ts';
import { readSchedule } from './schedule/expression.ts';
import { isZone } from '../../../common/schedule/zone.ts';
import type { AutoScaling, ScheduledRecord, Sdk } from './state.ts';
import { findTarget } from './targets.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html */
const ACTIONS_PER_TARGET = 200;

export function scheduledHandlers(scaling: AutoScaling, onSchedule: () => void): Handlers<Sdk> {
  const { scheduled } = scaling;
  const find = (resourceId: string, name: string | undefined): ScheduledRecord | undefined =>
    scaling.scheduledOf(resourceId).find((action) => action.name === name);
  return {
    /** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html */
    PutScheduledAction: operation(
      [
        'ServiceNamespace',
        'Schedule',
        'Timezone',
        'ScheduledActionName',
        'ResourceId',
        'ScalableDimension',
        'StartTime',
        'EndTime',
        'ScalableTargetAction',
      ],
      (input) => {
        const resourceId = checkResource(input);
        findTarget(scaling, resourceId);
        const name = input.ScheduledActionName ?? '';
        if (name === '') throw invalid('ScheduledActionName must not be empty.');
        const before = find(resourceId, name);
        if (!before && scaling.scheduledOf(resourceId).length >= ACTIONS_PER_TARGET)
          throw limit(
            `The scalable target ${resourceId} has ${ACTIONS_PER_TARGET} scheduled actions, the most there may be.`,
          );
        const arn =
          before?.arn ??
          scaling.arn(
            'autoscaling',
            `scheduledAction:${randomUUID()}:resource/${NAMESPACE}/${resourceId}:scheduledActionName/${name}`,
          );
        const record: ScheduledRecord = {
          arn,
          name,
          resourceId,
          createdAt: before?.createdAt ?? scaling.now(),
          schedule: input.Schedule ?? before?.schedule ?? '',
          timezone: input.Timezone ?? before?.timezone,
          startTime: input.StartTime,
          endTime: input.EndTime,
          action: input.ScalableTargetAction ?? before?.action ?? {},
        };
        check(record);
        scheduled.put(arn, record);
        onSchedule();
        return {};
      },
    ),
    DeleteScheduledAction: operation(
      ['ServiceNamespace', 'ScheduledActionName', 'ResourceId', 'ScalableDimension'],
      (input) => {
        const resourceId = checkResource(input);
        const action = find(resourceId, input.ScheduledActionName);
        if (!action)
          throw notFound(
            `No scheduled action found for service namespace: ${NAMESPACE}, resource ID: ${resourceId}, scalable dimension: ${DIMENSION}, scheduled action name: ${input.ScheduledActionName}`,
          );
        scheduled.delete(action.arn);
        onSchedule();
        return {};
      },
    ),
    DescribeScheduledActions: operation(
      [
        'ServiceNamespace',
        'ScheduledActionNames',
        'ResourceId',
        'ScalableDimension',
        'MaxResults',
        'NextToken',
      ],
      ({ ServiceNamespace, ScheduledActionNames, ResourceId, MaxResults = 50, NextToken }) => {
        checkNamespace(ServiceNamespace);
        const matching = [...scheduled.values()].filter(
          ({ name, resourceId }) =>
            (!ResourceId || resourceId === ResourceId) &&
            (!ScheduledActionNames?.length || ScheduledActionNames.includes(name)),
        );
        const { items, next } = pageAfter(matching, ({ arn }) => arn, MaxResults, NextToken, invalidToken);
        return { ScheduledActions: items.map(view), ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}

export function check({
  schedule,
  timezone = 'UTC',
  startTime,
  endTime,
  action,
}: Pick<ScheduledRecord, 'schedule' | 'timezone' | 'startTime' | 'endTime' | 'action'>): void {
  if (!isZone(timezone)) throw invalid(`Timezone ${timezone} is no time zone of IANA.`);
  if (!readSchedule(schedule, timezone, 0))
    throw invalid(`Schedule ${schedule} is none of at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(fields).`);
  if (startTime && endTime && startTime >= endTime) throw invalid('StartTime must be before EndTime.');
  const { MinCapacity, MaxCapacity } = action;
  if (MinCapacity === undefined && MaxCapacity === undefined)
    throw invalid('ScalableTargetAction needs MinCapacity, MaxCapacity or both.');
  if (MinCapacity !== undefined && MaxCapacity !== undefined && MaxCapacity < MinCapacity)
    throw invalid('Maximum capacity cannot be less than minimum capacity');
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScheduledAction.html */
const view = ({
  name,
  arn,
  resourceId,
  schedule,
  timezone,
  startTime,
  endTime,
  action,
  createdAt,
}: ScheduledRecord): ScheduledAction => ({
  ScheduledActionName: name,
  ScheduledActionARN: arn,
  ServiceNamespace: NAMESPACE,
  Schedule: schedule,
  ...(timezone ? { Timezone: timezone } : {}),
  ResourceId: resourceId,
  ScalableDimension: DIMENSION,
  ...(startTime ? { StartTime: startTime } : {}),
  ...(endTime ? { EndTime: endTime } : {}),
  ScalableTargetAction: action,
  CreationTime: createdAt,
});
