import type { Tag } from '@aws-sdk/client-iam';
import { invalidInput, limitExceeded } from './errors.ts';
import type { Tags } from './state.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
const MOST_TAGS = 50;

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const without = (tags: Tags, keys: readonly string[] = []): Tags => {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())));
};

/** Adds tags to those that are there. Keys that differ in case alone are the same one. */
export function readTags(added: readonly Tag[] = [], before: Tags = {}): Tags {
  const keys = added.map(({ Key = '' }) => Key);
  if (new Set(keys.map((key) => key.toLowerCase())).size < keys.length)
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  for (const { Key = '', Value = '' } of added)
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:(?!cloudformation:)/i.test(Key))
      throw invalidInput(`The tag ${Key}=${Value} is not valid.`);
  const tags = {
    ...without(before, keys),
    ...Object.fromEntries(added.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
  if (Object.keys(tags).length > MOST_TAGS)
    throw limitExceeded(`The number of tags has reached the maximum limit: ${MOST_TAGS}.`);
  return tags;
}
