import type { HistoryItemType } from '@aws-sdk/client-cloudwatch';
import { pageAfter } from '../../../gateway/page.ts';
import type { Handlers } from '../../../gateway/types.ts';
import { invalidToken, notEnacted, operation } from '../errors.ts';
import type { AlarmRecord, CloudWatch, Sdk } from '../state.ts';

/** Kept 30 days on AWS; here the newest of each alarm. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
const ITEMS_KEPT = 200;

export function remember(
  { history, now }: CloudWatch,
  name: string,
  type: HistoryItemType,
  summary: string,
  data: object,
): void {
  const items = history.get(name)?.items ?? [];
  const item = {
    AlarmName: name,
    AlarmType: 'MetricAlarm',
    Timestamp: now(),
    HistoryItemType: type,
    HistorySummary: summary,
    HistoryData: JSON.stringify({ version: '1.0', ...data }),
  } as const;
  history.put(name, { items: [...items, item].slice(-ITEMS_KEPT) });
}

export const stateData = ({
  state,
  reason,
  reasonData,
}: Pick<AlarmRecord, 'state' | 'reason' | 'reasonData'>): object => ({
  stateValue: state,
  stateReason: reason,
  ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
});

export function historyHandlers({ history }: CloudWatch): Handlers<Sdk> {
  return {
    DescribeAlarmHistory: operation(
      [
        'AlarmName',
        'AlarmTypes',
        'HistoryItemType',
        'StartDate',
        'EndDate',
        'MaxRecords',
        'NextToken',
        'ScanBy',
      ],
      ({
        AlarmName,
        AlarmTypes,
        HistoryItemType,
        StartDate,
        EndDate,
        MaxRecords = 100,
        NextToken,
        ScanBy,
      }) => {
        if (AlarmTypes?.some((type) => type === 'LogAlarm')) throw notEnacted('AlarmTypes LogAlarm');
        const matching = [...history.values()]
          .flatMap(({ items }) => items)
          .filter(
            (item) =>
              (!AlarmName || item.AlarmName === AlarmName) &&
              (!AlarmTypes?.length || AlarmTypes.includes('MetricAlarm')) &&
              (!HistoryItemType || item.HistoryItemType === HistoryItemType) &&
              (!StartDate || item.Timestamp! >= StartDate) &&
              (!EndDate || item.Timestamp! <= EndDate),
          )
          .sort((a, b) => a.Timestamp!.getTime() - b.Timestamp!.getTime());
        if (ScanBy !== 'TimestampAscending') matching.reverse();
        const numbered = matching.map((item, index) => ({ item, key: String(index).padStart(6, '0') }));
        const { items, next } = pageAfter(numbered, ({ key }) => key, MaxRecords, NextToken, invalidToken);
        return { AlarmHistoryItems: items.map(({ item }) => item), ...(next ? { NextToken: next } : {}) };
      },
    ),
  };
}
