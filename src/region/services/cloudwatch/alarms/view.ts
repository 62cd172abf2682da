import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmRecord } from '../state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
export function viewAlarm(alarm: AlarmRecord): MetricAlarm {
  const {
    OKActions = [],
    AlarmActions = [],
    InsufficientDataActions = [],
    Dimensions,
    TreatMissingData,
    ...rest
  } = alarm.configuration;
  return {
    ...rest,
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: alarm.configuredAt,
    ActionsEnabled: alarm.actionsEnabled,
    OKActions,
    AlarmActions,
    InsufficientDataActions,
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateReasonData: alarm.reasonData,
    StateUpdatedTimestamp: alarm.updatedAt,
    StateTransitionedTimestamp: alarm.transitionedAt,
    ...(rest.Metrics ? {} : { Dimensions: Dimensions ?? [] }),
    TreatMissingData,
  };
}
