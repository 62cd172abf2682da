import type { Tag } from '@aws-sdk/client-ecr';
import { ApiError } from '../../gateway/api-error.ts';
import type { Handlers } from '../../gateway/types.ts';
import { invalidParameter, operation } from './errors.ts';
import type { EcrState, RepositoryRecord } from './state.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html */
const MOST_TAGS = 50;

export function tagHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  return {
    TagResource: operation(['resourceArn', 'tags'], async ({ resourceArn, tags }) => {
      const record = await byArn(state, resourceArn);
      state.put({ ...record, tags: readTags(tags, record.tags) });
      return {};
    }),
    UntagResource: operation(['resourceArn', 'tagKeys'], async ({ resourceArn, tagKeys = [] }) => {
      const record = await byArn(state, resourceArn);
      state.put({ ...record, tags: record.tags.filter(({ Key = '' }) => !tagKeys.includes(Key)) });
      return {};
    }),
    ListTagsForResource: operation(['resourceArn'], async ({ resourceArn }) => {
      const { tags } = await byArn(state, resourceArn);
      return { tags: [...tags] };
    }),
  };
}

function byArn(state: EcrState, arn = ''): Promise<RepositoryRecord> {
  const prefix = state.arnOf('');
  if (!arn.startsWith(prefix))
    throw invalidParameter(`Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`);
  return state.repository(arn.slice(prefix.length));
}

/** Adds tags to those that are there. Keys of CloudFormation's own are taken from it alone, as everywhere here. */
export function readTags(added: readonly Tag[] = [], before: readonly Tag[] = []): readonly Tag[] {
  for (const { Key = '', Value = '' } of added)
    if (Key === '' || Key.length > 128 || Value.length > 256 || /^aws:(?!cloudformation:)/i.test(Key))
      throw new ApiError('InvalidTagParameterException', `The tag ${Key}=${Value} is not valid.`, 400);
  const tags = new Map([...before, ...added].map(({ Key, Value }) => [Key, Value]));
  if (tags.size > MOST_TAGS)
    throw new ApiError('TooManyTagsException', `A repository has at most ${MOST_TAGS} tags.`, 400);
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
