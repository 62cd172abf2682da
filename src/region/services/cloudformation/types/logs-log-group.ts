import type { LogGroupClass } from '@aws-sdk/client-cloudwatch-logs';
import { gone } from '../engine/failure.ts';
import { changed, isOurs, tagChanges } from './changes.ts';
import { resourceType, type Context } from './resource-type.ts';

interface Properties {
  readonly LogGroupName?: string;
  readonly RetentionInDays?: number;
  readonly LogGroupClass?: LogGroupClass;
  readonly Tags?: unknown;
}

/** The ARN as other services write it, without the `:*` at its end. */
async function arnOf(
  { region }: Pick<Context<Properties>, 'region'>,
  name: string,
): Promise<string | undefined> {
  const { logGroups = [] } = await region.api.logs.DescribeLogGroups({ logGroupNamePrefix: name });
  return logGroups.find(({ logGroupName }) => logGroupName === name)?.arn?.replace(/:\*$/, '');
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html */
export const logGroup = resourceType<Properties>({
  type: 'AWS::Logs::LogGroup',
  properties: ['LogGroupName', 'RetentionInDays', 'LogGroupClass', 'Tags'],
  naming: { property: 'LogGroupName', limit: 512 },
  async create({ region, name, properties, tags }) {
    await region.api.logs.CreateLogGroup({
      logGroupName: name,
      logGroupClass: properties.LogGroupClass,
      tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    });
    return name;
  },
  async find(context) {
    const resourceArn = await arnOf(context, context.name);
    if (resourceArn === undefined) return undefined;
    const { tags = {} } = await context.region.api.logs.ListTagsForResource({ resourceArn });
    const actual = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return isOurs(context.tags, actual) ? context.name : undefined;
  },
  async sync(existing) {
    const { region, physicalId: logGroupName, properties } = existing;
    const { RetentionInDays: retentionInDays } = properties;
    if (changed(existing, 'RetentionInDays'))
      await (retentionInDays === undefined
        ? region.api.logs.DeleteRetentionPolicy({ logGroupName })
        : region.api.logs.PutRetentionPolicy({ logGroupName, retentionInDays }));
    const { put, remove } = tagChanges(existing);
    if (put.length === 0 && remove.length === 0) return;
    const resourceArn = await arnOf(existing, logGroupName);
    if (put.length > 0)
      await region.api.logs.TagResource({
        resourceArn,
        tags: Object.fromEntries(put.map(({ Key, Value }) => [Key, Value])),
      });
    if (remove.length > 0) await region.api.logs.UntagResource({ resourceArn, tagKeys: [...remove] });
  },
  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html */
  read: async (existing) => ({ Arn: `${await arnOf(existing, existing.physicalId)}:*` }),
  delete: ({ region, physicalId }) => gone(region.api.logs.DeleteLogGroup({ logGroupName: physicalId })),
});
