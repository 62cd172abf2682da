import type { Tag } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isOurs, tagChanges } from './changes.ts';
import { orMissing } from '../engine/failure.ts';
import type { Context, Existing } from './resource-type.ts';

export function elbTags<P>({ tags }: Context<P>): Tag[] {
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

/** The one of these that carries this stack's tags for this logical id. */
export async function ours<P>(
  context: Context<P>,
  arns: readonly (string | undefined)[],
): Promise<string | undefined> {
  for (const arn of arns) {
    if (arn === undefined || context.others.includes(arn)) continue;
    const found = await orMissing(context.region.api.elbv2.DescribeTags({ ResourceArns: [arn] }));
    if (isOurs(context.tags, found?.TagDescriptions?.[0]?.Tags)) return arn;
  }
  return undefined;
}

export async function syncTags<P>(existing: Existing<P>): Promise<void> {
  const { put, remove } = tagChanges(existing);
  const ResourceArns = [existing.physicalId];
  const { elbv2 } = existing.region.api;
  if (put.length > 0) await elbv2.AddTags({ ResourceArns, Tags: [...put] });
  if (remove.length > 0) await elbv2.RemoveTags({ ResourceArns, TagKeys: [...remove] });
}

export interface Attribute {
  readonly Key?: string;
  readonly Value?: string;
}
