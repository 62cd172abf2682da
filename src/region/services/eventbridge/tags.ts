import type { Tag } from '@aws-sdk/client-eventbridge';
import type { Handlers } from '../../gateway/types.ts';
import { notFound, operation, validation } from './errors.ts';
import type { EventBridgeState, RuleRecord } from './state.ts';

const MOST_TAGS = 50;
type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html */
export function tagHandlers(state: EventBridgeState): Handlers<typeof import('@aws-sdk/client-eventbridge')> {
  const tagged = (arn = ''): RuleRecord => {
    const found = [...state.rules.values()].find(({ name }) => state.arnOf(name) === arn);
    if (!found) throw notFound(arn);
    return found;
  };
  return {
    TagResource: operation(['ResourceARN', 'Tags'], ({ ResourceARN, Tags }) => {
      const { name, tags } = tagged(ResourceARN);
      state.rules.patch(name, { tags: checkedTags(Tags, tags) });
      return {};
    }),
    UntagResource: operation(['ResourceARN', 'TagKeys'], ({ ResourceARN, TagKeys = [] }) => {
      const { name, tags } = tagged(ResourceARN);
      const kept = Object.entries(tags).filter(([key]) => !TagKeys.includes(key));
      state.rules.patch(name, { tags: Object.fromEntries(kept) });
      return {};
    }),
    ListTagsForResource: operation(['ResourceARN'], ({ ResourceARN }) => ({
      Tags: Object.entries(tagged(ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

/** Keys of CloudFormation's own are taken from it alone, as everywhere here. */
export function checkedTags(added: readonly Tag[] = [], before: Tags = {}): Tags {
  for (const { Key = '', Value = '' } of added)
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:(?!cloudformation:)/i.test(Key))
      throw validation(`The tag ${Key}=${Value} is not valid.`);
  const tags = { ...before, ...Object.fromEntries(added.map(({ Key = '', Value = '' }) => [Key, Value])) };
  if (Object.keys(tags).length > MOST_TAGS) throw validation(`A rule has at most ${MOST_TAGS} tags.`);
  return tags;
}
