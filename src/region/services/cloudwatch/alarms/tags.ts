import type { Handlers } from '../../../gateway/types.ts';
import { notFound, operation } from '../errors.ts';
import type { AlarmRecord, CloudWatch, Sdk } from '../state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html; of what can have tags only alarms are here. */
export function tagHandlers({ alarms }: CloudWatch): Handlers<Sdk> {
  const find = (arn = ''): AlarmRecord => {
    const found = [...alarms.values()].find((alarm) => alarm.arn === arn);
    if (!found) throw notFound(`${arn} does not exist`);
    return found;
  };
  return {
    TagResource: operation(['ResourceARN', 'Tags'], ({ ResourceARN, Tags = [] }) => {
      const { name, tags } = find(ResourceARN);
      alarms.patch(name, {
        tags: { ...tags, ...Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) },
      });
      return {};
    }),
    UntagResource: operation(['ResourceARN', 'TagKeys'], ({ ResourceARN, TagKeys = [] }) => {
      const { name, tags } = find(ResourceARN);
      alarms.patch(name, {
        tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
      });
      return {};
    }),
    ListTagsForResource: operation(['ResourceARN'], ({ ResourceARN }) => ({
      Tags: Object.entries(find(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}
