import type { Tag } from '@aws-sdk/client-ecs';
import { isOurs, tagChanges } from './changes.ts';
import type { Context, Existing } from './resource-type.ts';

export function ecsTags<P>({ tags }: Context<P>): Tag[] {
  return tags.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function isOurOwn<P>({ tags }: Context<P>, actual: readonly Tag[] | undefined): boolean {
  return isOurs(
    tags,
    actual?.map(({ key, value }) => ({ Key: key, Value: value })),
  );
}

export async function syncTags<P>(existing: Existing<P>, resourceArn = existing.physicalId): Promise<void> {
  const { put, remove } = tagChanges(existing);
  const { ecs } = existing.region.api;
  if (put.length > 0)
    await ecs.TagResource({ resourceArn, tags: put.map(({ Key, Value }) => ({ key: Key, value: Value })) });
  if (remove.length > 0) await ecs.UntagResource({ resourceArn, tagKeys: [...remove] });
}
