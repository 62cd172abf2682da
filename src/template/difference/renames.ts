import type { EvaluatedResource } from '../evaluated.ts';

type Resources = ReadonlyMap<string, EvaluatedResource>;

/**
 * New id → old id of resources whose logical id alone changed. For CloudFormation they are other resources: the old one goes, with
 * all that it holds. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
 */
export function renamedIn(before: Resources, after: Resources): ReadonlyMap<string, string> {
  const gone = new Map<string, string[]>();
  for (const [id, resource] of before) if (!after.has(id)) push(gone, keyOf(resource), id);
  const renamed = new Map<string, string>();
  for (const [id, resource] of after) {
    if (before.has(id)) continue;
    const [old, ...more] = gone.get(keyOf(resource)) ?? [];
    if (old !== undefined && more.length === 0) renamed.set(id, old);
  }
  return renamed;
}

const keyOf = ({ type, properties }: EvaluatedResource): string => `${type} ${JSON.stringify(properties)}`;

function push(map: Map<string, string[]>, key: string, id: string): void {
  const list = map.get(key);
  if (list) list.push(id);
  else map.set(key, [id]);
}
