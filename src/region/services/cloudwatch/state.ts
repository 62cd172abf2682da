import type { AlarmHistoryItem, PutMetricAlarmInput, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { createSeries, type Series } from './metrics/series.ts';

export type Sdk = typeof import('@aws-sdk/client-cloudwatch');

/** How an alarm is set up, checked and with AWS's defaults in. */
export interface AlarmConfiguration extends Omit<
  PutMetricAlarmInput,
  'AlarmName' | 'Tags' | 'ActionsEnabled'
> {
  readonly EvaluationPeriods: number;
  readonly ComparisonOperator: NonNullable<PutMetricAlarmInput['ComparisonOperator']>;
  readonly Threshold: number;
  readonly TreatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
}
export interface AlarmRecord {
  readonly name: string;
  readonly arn: string;
  readonly configuration: AlarmConfiguration;
  readonly actionsEnabled: boolean;
  readonly configuredAt: Date;
  readonly state: StateValue;
  readonly reason: string;
  readonly reasonData?: string | undefined;
  readonly updatedAt: Date;
  readonly transitionedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
}
export interface HistoryRecord {
  /** Newest last. */
  readonly items: readonly AlarmHistoryItem[];
}

export interface CloudWatch {
  readonly region: Region;
  readonly series: Series;
  /** By name. */
  readonly alarms: Table<AlarmRecord>;
  /** By the name of the alarm; that of deleted ones stays. */
  readonly history: Table<HistoryRecord>;
  readonly now: () => Date;
  alarmArn(name: string): string;
  /** Namespace → when somebody asked for its metrics last. */
  readonly asked: Map<string, number>;
}

export function createState(region: Region): CloudWatch {
  const { partition, region: name, accountId } = region.identity;
  return {
    region,
    series: createSeries(),
    alarms: region.store.table<AlarmRecord>('cloudwatch/alarms'),
    history: region.store.table<HistoryRecord>('cloudwatch/history'),
    now: () => new Date(region.clock.now()),
    alarmArn: (alarm) => `arn:${partition}:cloudwatch:${name}:${accountId}:alarm:${alarm}`,
    asked: new Map(),
  };
}
