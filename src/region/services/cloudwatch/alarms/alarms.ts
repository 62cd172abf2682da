import { pageAfter } from '../../../gateway/page.ts';
import type { Handlers } from '../../../gateway/types.ts';
import { combination, invalidToken, notEnacted, notFound, operation, validation } from '../errors.ts';
import { readDimensions, requireText } from '../metrics/input.ts';
import { isDeepStrictEqual } from 'node:util';
import type { AlarmRecord, CloudWatch, Sdk } from '../state.ts';
import type { Evaluator } from './evaluator.ts';
import { remember } from './history.ts';
import { readAlarm } from './input.ts';
import { transition } from './transition.ts';
import { viewAlarm } from './view.ts';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

export function alarmHandlers(cloudwatch: CloudWatch, evaluator: Evaluator): Handlers<Sdk> {
  const { alarms, now, alarmArn } = cloudwatch;
  const enable = (names: readonly string[] = [], actionsEnabled: boolean) => {
    for (const name of names) if (alarms.has(name)) alarms.patch(name, { actionsEnabled });
    return {};
  };
  return {
    /** A new alarm is INSUFFICIENT_DATA until it is looked at, at once; a changed one keeps its state. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
    PutMetricAlarm: operation(
      [
        'AlarmName',
        'AlarmDescription',
        'ActionsEnabled',
        'OKActions',
        'AlarmActions',
        'InsufficientDataActions',
        'MetricName',
        'Namespace',
        'Statistic',
        'ExtendedStatistic',
        'Dimensions',
        'Period',
        'Unit',
        'EvaluationPeriods',
        'DatapointsToAlarm',
        'Threshold',
        'ComparisonOperator',
        'TreatMissingData',
        'EvaluateLowSampleCountPercentile',
        'Metrics',
        'Tags',
      ],
      (input) => {
        const name = requireText('AlarmName', input.AlarmName);
        if (name.length > 255) throw validation(`AlarmName ${name} is longer than 255 characters.`);
        const configuration = readAlarm(cloudwatch, input);
        const before = alarms.get(name);
        const tags = Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
        alarms.put(name, {
          ...(before ?? {
            name,
            arn: alarmArn(name),
            state: 'INSUFFICIENT_DATA',
            reason: 'Unchecked: Initial alarm creation',
            updatedAt: now(),
            transitionedAt: now(),
            tags,
          }),
          configuration,
          actionsEnabled: input.ActionsEnabled ?? true,
          configuredAt: now(),
        });
        remember(
          cloudwatch,
          name,
          'ConfigurationUpdate',
          `Alarm "${name}" ${before ? 'updated' : 'created'}`,
          {
            type: before ? 'Update' : 'Create',
          },
        );
        evaluator.watch(name);
        return {};
      },
    ),
    /** All or none; those that are not there are errors no more. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
    DeleteAlarms: operation(['AlarmNames'], ({ AlarmNames = [] }) => {
      if (AlarmNames.length > 100)
        throw validation('The collection AlarmNames must not have a size greater than 100.');
      for (const name of AlarmNames)
        if (alarms.delete(name))
          remember(cloudwatch, name, 'ConfigurationUpdate', `Alarm "${name}" deleted`, { type: 'Delete' });
      return {};
    }),
    DescribeAlarms: operation(
      [
        'AlarmNames',
        'AlarmNamePrefix',
        'AlarmTypes',
        'StateValue',
        'ActionPrefix',
        'MaxRecords',
        'NextToken',
      ],
      ({ AlarmNames, AlarmNamePrefix, AlarmTypes, StateValue, ActionPrefix, MaxRecords = 50, NextToken }) => {
        if (AlarmNames?.length && AlarmNamePrefix)
          throw combination('AlarmNames and AlarmNamePrefix must not both be given.');
        const wanted = AlarmTypes?.length ? AlarmTypes.includes('MetricAlarm') : true;
        const matching = [...alarms.values()].filter(
          (alarm) =>
            wanted &&
            (!AlarmNames?.length || AlarmNames.includes(alarm.name)) &&
            alarm.name.startsWith(AlarmNamePrefix ?? '') &&
            (!StateValue || alarm.state === StateValue) &&
            (!ActionPrefix || hasAction(alarm, ActionPrefix)),
        );
        const { items, next } = pageAfter(matching, ({ name }) => name, MaxRecords, NextToken, invalidToken);
        return {
          MetricAlarms: items.map(viewAlarm),
          CompositeAlarms: [],
          ...(next ? { NextToken: next } : {}),
        };
      },
    ),
    DescribeAlarmsForMetric: operation(
      ['MetricName', 'Namespace', 'Dimensions', 'Statistic', 'ExtendedStatistic', 'Period', 'Unit'],
      ({ MetricName, Namespace, Dimensions, Statistic, ExtendedStatistic, Period, Unit }) => {
        const dimensions = readDimensions(Dimensions);
        return {
          MetricAlarms: [...alarms.values()]
            .filter(
              ({ configuration: one }) =>
                one.MetricName === MetricName &&
                one.Namespace === Namespace &&
                isDeepStrictEqual({ ...readDimensions(one.Dimensions) }, { ...dimensions }) &&
                (!Statistic || one.Statistic === Statistic) &&
                (!ExtendedStatistic || one.ExtendedStatistic === ExtendedStatistic) &&
                (!Period || one.Period === Period) &&
                (!Unit || one.Unit === Unit),
            )
            .map(viewAlarm),
        };
      },
    ),
    /** Until the next look. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
    SetAlarmState: operation(
      ['AlarmName', 'StateValue', 'StateReason', 'StateReasonData'],
      ({ AlarmName = '', StateValue, StateReason = '', StateReasonData }) => {
        const alarm = alarms.get(AlarmName);
        if (!alarm) throw notFound(`Alarm ${AlarmName} does not exist`);
        if (!StateValue || !STATES.includes(StateValue))
          throw validation(`StateValue ${StateValue ?? '(none)'} is none of ${STATES.join(', ')}.`);
        if (StateReasonData !== undefined) checkJson(StateReasonData);
        transition(cloudwatch, alarm, {
          state: StateValue,
          reason: StateReason,
          reasonData: StateReasonData,
        });
        return {};
      },
    ),
    EnableAlarmActions: operation(['AlarmNames'], ({ AlarmNames }) => enable(AlarmNames, true)),
    DisableAlarmActions: operation(['AlarmNames'], ({ AlarmNames }) => enable(AlarmNames, false)),
    PutCompositeAlarm() {
      throw notEnacted('A composite alarm');
    },
  };
}

function hasAction({ configuration }: AlarmRecord, prefix: string): boolean {
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = configuration;
  return [...OKActions, ...AlarmActions, ...InsufficientDataActions].some((action) =>
    action.startsWith(prefix),
  );
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw validation('StateReasonData was not valid JSON');
  }
}
