import type { Filter, ResourceType as Kind, TagSpecification } from '@aws-sdk/client-ec2';
import { tagChanges } from './changes.ts';
import type { Context, Existing } from './resource-type.ts';

/** The tags of a resource that is being made. */
export function tagSpecifications<P>({ tags }: Context<P>, kind: Kind): TagSpecification[] {
  return [{ ResourceType: kind, Tags: tags.map(({ Key, Value }) => ({ Key, Value })) }];
}

/** Finds what this stack has made for this logical id. */
export function ownFilters<P>({ tags }: Context<P>): Filter[] {
  return tags
    .filter(({ Key }) => Key === 'aws:cloudformation:stack-id' || Key === 'aws:cloudformation:logical-id')
    .map(({ Key, Value }) => ({ Name: `tag:${Key}`, Values: [Value] }));
}

/** The one that is not another generation's. */
export function notOthers<P>(
  { others }: Context<P>,
  ids: readonly (string | undefined)[],
): string | undefined {
  return ids.find((id) => id !== undefined && !others.includes(id));
}

export async function syncTags<P>(existing: Existing<P>, id = existing.physicalId): Promise<void> {
  const { put, remove } = tagChanges(existing);
  const { ec2 } = existing.region.api;
  if (put.length > 0) await ec2.CreateTags({ Resources: [id], Tags: [...put] });
  if (remove.length > 0) await ec2.DeleteTags({ Resources: [id], Tags: remove.map((Key) => ({ Key })) });
}
