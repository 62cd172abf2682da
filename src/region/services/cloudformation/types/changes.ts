import { sameValue } from '../../../../template/index.ts';
import type { Tag } from '../records.ts';
import type { Existing } from './resource-type.ts';

/** Whether a property must be brought to its service: it is given and new, it differs, or an unfinished update may have touched it. */
export function changed<P>(
  { properties, before, tried }: Existing<P>,
  ...names: readonly (keyof P)[]
): boolean {
  return names.some((name) => {
    const wanted = properties[name];
    if (!before) return wanted !== undefined;
    return !sameValue(before[name], wanted) || tried.some((other) => !sameValue(other[name], wanted));
  });
}

/** Members to put in and to take out, so that what was (`before`, or half of any of `tried`) becomes what is wanted. */
export function listChanges<T>(
  wanted: readonly T[],
  before: readonly T[],
  tried: readonly (readonly T[])[],
): { readonly added: readonly T[]; readonly removed: readonly T[] } {
  const has = (list: readonly T[], item: T): boolean => list.some((other) => sameValue(other, item));
  const possible = [...before];
  for (const item of tried.flat()) if (!has(possible, item)) possible.push(item);
  return {
    added: wanted.filter((item) => ![before, ...tried].every((list) => has(list, item))),
    removed: possible.filter((item) => !has(wanted, item)),
  };
}

/** What tagging calls an existing resource needs; its creation has tagged it already. */
export function tagChanges<P>({ tags, before, tagsBefore, tagsTried }: Existing<P>): {
  readonly put: readonly Tag[];
  readonly remove: readonly string[];
} {
  if (!before) return { put: [], remove: [] };
  const { added, removed } = listChanges(tags, tagsBefore, tagsTried);
  const kept = new Set(tags.map(({ Key }) => Key));
  return { put: added, remove: removed.map(({ Key }) => Key).filter((key) => !kept.has(key)) };
}

/** Whether a resource carries the tags that this stack gives to this logical id. */
export function isOurs(
  wanted: readonly Tag[],
  actual: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): boolean {
  return ['aws:cloudformation:stack-id', 'aws:cloudformation:logical-id'].every((key) => {
    const value = wanted.find(({ Key }) => Key === key)?.Value;
    return actual?.some((tag) => tag.Key === key && tag.Value === value) ?? false;
  });
}
