import type { EvaluatedResource } from '../evaluated.ts';
import { sameValue } from '../json.ts';
import { resourceSchema } from '../schema/schema.ts';

/** A property that gives a resource a name of its own, of which there can be one only. */
const named =
  /^(.*Name|DBInstanceIdentifier|DBClusterIdentifier|ReplicationGroupId|Name|GroupName|AlarmName)$/;

/**
 * The name that a resource keeps while it is made anew: the new one would need it while the old one still has it.
 * https://repost.aws/knowledge-center/cloudformation-custom-name
 */
export function fixedName(
  before: EvaluatedResource,
  after: EvaluatedResource,
): { readonly property: string; readonly value: unknown } | undefined {
  const schema = resourceSchema(after.type);
  for (const [property, { replacement }] of schema?.properties ?? []) {
    if (replacement === 'Never' || !isNameOf(property, after.type)) continue;
    const value = after.properties[property];
    if (value !== undefined && sameValue(before.properties[property], value)) return { property, value };
  }
  return undefined;
}

/** `DBSubnetGroupName` of an instance names something else. */
function isNameOf(property: string, type: string): boolean {
  if (!named.test(property)) return false;
  const own = type.split('::')[2] ?? '';
  if (own === 'TaskDefinition') return false;
  const stem = property.replace(/(Name|Identifier|Id)$/, '');
  return stem === '' || own.toLowerCase().endsWith(stem.toLowerCase()) || stem === 'Group';
}
