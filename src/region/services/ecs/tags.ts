import type { Tag } from '@aws-sdk/client-ecs';
import type { Handlers } from '../../gateway/types.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidParameter } from './errors.ts';
import { nameOf } from './ids.ts';
import type { Ecs, Sdk } from './state.ts';

export function tagHandlers(ecs: Ecs): Handlers<Sdk> {
  const { tables } = ecs;
  const require = (arn = '') => {
    const exists =
      tables.services.has(arn) ||
      tables.taskDefinitions.has(arn) ||
      tables.tasks.get(nameOf(arn))?.arn === arn ||
      tables.clusters.get(nameOf(arn))?.arn === arn;
    if (!exists)
      throw new ApiError('ResourceNotFoundException', `The specified resource was not found: ${arn}`);
    return arn;
  };
  return {
    TagResource({ resourceArn, tags }) {
      putTags(ecs, require(resourceArn), tags);
      return {};
    },
    UntagResource({ resourceArn, tagKeys = [] }) {
      const arn = require(resourceArn);
      const left = Object.entries(tables.tags.get(arn) ?? {}).filter(([key]) => !tagKeys.includes(key));
      tables.tags.put(arn, Object.fromEntries(left));
      return {};
    },
    ListTagsForResource: ({ resourceArn }) => ({ tags: tagsOf(ecs, require(resourceArn)) }),
  };
}

export function putTags({ tables }: Ecs, arn: string, tags: readonly Tag[] | undefined): void {
  if (!tags?.length) return;
  const merged = { ...tables.tags.get(arn) };
  for (const { key, value } of tags) {
    if (!key) throw invalidParameter('Tag key can not be blank.');
    merged[key] = value ?? '';
  }
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
  if (Object.keys(merged).length > 50) throw invalidParameter('A resource can have at most 50 tags.');
  tables.tags.put(arn, merged);
}

export const tagsOf = ({ tables }: Ecs, arn: string): Tag[] =>
  Object.entries(tables.tags.get(arn) ?? {}).map(([key, value]) => ({ key, value }));
