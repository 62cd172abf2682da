import type { StateValue } from '@aws-sdk/client-cloudwatch';
import type { AlarmRecord, CloudWatch } from '../state.ts';
import { remember, stateData } from './history.ts';
import { newestValue } from './points.ts';

export interface NewState {
  readonly state: StateValue;
  readonly reason: string;
  readonly reasonData?: string | undefined;
}

/** Brings an alarm to a state; on a transition its actions for that state are taken. */
export function transition(cloudwatch: CloudWatch, before: AlarmRecord, to: NewState): void {
  const { alarms, now } = cloudwatch;
  const changed = before.state !== to.state;
  const after = alarms.patch(before.name, {
    ...to,
    reasonData: to.reasonData,
    updatedAt: now(),
    ...(changed ? { transitionedAt: now() } : {}),
  });
  if (!changed) return;
  remember(cloudwatch, before.name, 'StateUpdate', `Alarm updated from ${before.state} to ${to.state}`, {
    oldState: stateData(before),
    newState: stateData(after),
  });
  invoke(cloudwatch, after, 'all');
}

const actionsOf = ({ state, configuration }: AlarmRecord): readonly string[] => {
  if (state === 'ALARM') return configuration.AlarmActions ?? [];
  return (state === 'OK' ? configuration.OKActions : configuration.InsufficientDataActions) ?? [];
};
const isScaling = (action: string): boolean => action.includes(':autoscaling:');

/**
 * Scaling policies are invoked once a minute as long as the state lasts, other actions when it begins.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export function invoke(cloudwatch: CloudWatch, alarm: AlarmRecord, which: 'all' | 'scaling'): void {
  if (!alarm.actionsEnabled) return;
  for (const action of actionsOf(alarm)) {
    if (isScaling(action))
      cloudwatch.region.internal.applicationautoscaling.alarmed(action, {
        name: alarm.name,
        threshold: alarm.configuration.Threshold,
        value: (statistic) => newestValue(cloudwatch, alarm.configuration, statistic),
      });
    if (which === 'all')
      remember(
        cloudwatch,
        alarm.name,
        'Action',
        isScaling(action)
          ? `Successfully executed action ${action}`
          : `Did not execute action ${action}: topics are not enacted in the local region`,
        { actionState: isScaling(action) ? 'Succeeded' : 'Failed', notificationResource: action },
      );
  }
}
