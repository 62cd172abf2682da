import { tagChanges } from './changes.ts';
import type { Context, Existing } from './resource-type.ts';

export const efsTags = <P>({ tags }: Context<P>) => tags.map(({ Key, Value }) => ({ Key, Value }));

export async function syncTags<P>(existing: Existing<P>): Promise<void> {
  const { put, remove } = tagChanges(existing);
  const { region, physicalId: ResourceId } = existing;
  if (put.length > 0) await region.api.efs.TagResource({ ResourceId, Tags: [...put] });
  if (remove.length > 0) await region.api.efs.UntagResource({ ResourceId, TagKeys: [...remove] });
}
