import { type Declared, isUnknown, type Value } from '../system.ts';
import { isTold, whyUntold } from '../told.ts';

type Resources = ReadonlyMap<string, Declared>;

/** An id as text: what is not known stands for itself, and two that are not known for one reason are the same. */
export const idText = (id: Value<string> | undefined): string | undefined =>
  isUnknown(id) ? `(${id.unknown})` : id;

/**
 * Why it cannot be told which resource of a type an id stands for: another stack or a parameter gives it, and it may be any of them.
 */
export function untold(
  resources: Resources,
  type: string,
  id: Value<string> | undefined,
): string | undefined {
  const text = idText(id);
  if (text === undefined) return undefined;
  const has = (name: string): boolean => resources.get(name)?.type === type || isDefault(resources, name);
  return isTold(text, { has }) ? undefined : whyUntold(text);
}

/** `Vpc.DefaultSecurityGroup` */
const isDefault = (resources: Resources, name: string): boolean =>
  resources.get(/^(.*)\.Default(?:SecurityGroup|NetworkAcl)$/.exec(name)?.[1] ?? '')?.type ===
  'AWS::EC2::VPC';
