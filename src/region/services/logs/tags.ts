import type { Handlers } from '../../gateway/types.ts';
import { findGroup, invalid, operation } from './errors.ts';
import type { LogsState } from './state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
const MOST_TAGS = 50;

export function tagHandlers(state: LogsState): Handlers<typeof import('@aws-sdk/client-cloudwatch-logs')> {
  return {
    TagResource: operation(['resourceArn', 'tags'], ({ resourceArn, tags }) => {
      const group = findGroup(state, '', resourceArn);
      state.groups.put(group.name, { ...group, tags: checkTags({ ...group.tags, ...tags }) });
      return {};
    }),
    UntagResource: operation(['resourceArn', 'tagKeys'], ({ resourceArn, tagKeys = [] }) => {
      const group = findGroup(state, '', resourceArn);
      const tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !tagKeys.includes(key)));
      state.groups.put(group.name, { ...group, tags });
      return {};
    }),
    ListTagsForResource: operation(['resourceArn'], ({ resourceArn }) => ({
      tags: { ...findGroup(state, '', resourceArn).tags },
    })),
  };
}

export function checkTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(tags))
    if (key.length === 0 || key.length > 128 || value.length > 256 || /^aws:(?!cloudformation:)/i.test(key))
      throw invalid(`The tag ${key}=${value} is not valid.`);
  if (Object.keys(tags).length > MOST_TAGS) throw invalid(`A log group has at most ${MOST_TAGS} tags.`);
  return tags;
}
