import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { changed, isOurs, tagChanges } from './changes.ts';
import { resourceType, type Context } from './resource-type.ts';

const configured = [
  'ActionsEnabled',
  'AlarmActions',
  'AlarmDescription',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluateLowSampleCountPercentile',
  'EvaluationPeriods',
  'ExtendedStatistic',
  'InsufficientDataActions',
  'MetricName',
  'Metrics',
  'Namespace',
  'OKActions',
  'Period',
  'Statistic',
  'Threshold',
  'TreatMissingData',
  'Unit',
] as const;

/** The members have the names of PutMetricAlarm. */
interface Properties extends Partial<Pick<PutMetricAlarmInput, (typeof configured)[number]>> {
  readonly AlarmName?: string;
  readonly Tags?: unknown;
}

async function put({ region, properties, tags }: Context<Properties>, AlarmName: string): Promise<void> {
  const { Tags: _tags, AlarmName: _name, ...rest } = properties;
  await region.api.cloudwatch.PutMetricAlarm({
    ...(rest as Omit<PutMetricAlarmInput, 'AlarmName'>),
    AlarmName,
    Tags: tags.map(({ Key, Value }) => ({ Key, Value })),
  });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
export const alarm = resourceType<Properties>({
  type: 'AWS::CloudWatch::Alarm',
  properties: [...configured, 'AlarmName', 'Tags'],
  naming: { property: 'AlarmName', limit: 255 },
  async create(context) {
    await put(context, context.name);
    return context.name;
  },
  async find(context) {
    const ResourceARN = await arnOf(context, context.name);
    if (ResourceARN === undefined) return undefined;
    const { Tags } = await context.region.api.cloudwatch.ListTagsForResource({ ResourceARN });
    return isOurs(context.tags, Tags) ? context.name : undefined;
  },
  async sync(existing) {
    const { region, physicalId, before } = existing;
    if (!before) return;
    if (changed(existing, ...configured)) await put(existing, physicalId);
    const { put: added, remove } = tagChanges(existing);
    if (added.length === 0 && remove.length === 0) return;
    const ResourceARN = await arnOf(existing, physicalId);
    if (added.length > 0) await region.api.cloudwatch.TagResource({ ResourceARN, Tags: [...added] });
    if (remove.length > 0) await region.api.cloudwatch.UntagResource({ ResourceARN, TagKeys: [...remove] });
  },
  read: async (existing) => ({ Arn: await arnOf(existing, existing.physicalId) }),
  async delete({ region, physicalId }) {
    await region.api.cloudwatch.DeleteAlarms({ AlarmNames: [physicalId] });
  },
});

async function arnOf({ region }: Context<Properties>, name: string): Promise<string | undefined> {
  const { MetricAlarms = [] } = await region.api.cloudwatch.DescribeAlarms({ AlarmNames: [name] });
  return MetricAlarms[0]?.AlarmArn;
}
