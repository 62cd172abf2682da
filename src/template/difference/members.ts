import { isObject, sameValue } from '../json.ts';
import type { Path } from '../path.ts';
import { intrinsicOf } from '../symbolic.ts';
import type { PropertyChange } from './model.ts';

type Difference = Omit<PropertyChange, 'effect' | 'because'>;

/**
 * The innermost differences of two values. Members of a list that have names are compared by these, others by their places; a list
 * whose order means nothing is compared as a set.
 */
export function differencesIn(before: unknown, after: unknown, label: string, path: Path): Difference[] {
  if (sameValue(before, after)) return [];
  const whole: Difference[] = [{ label, path, before, after }];
  if (intrinsicOf(before) || intrinsicOf(after)) return whole;
  if (Array.isArray(before) && Array.isArray(after)) {
    if (isSet(label) && sameValue(sorted(before), sorted(after))) return [];
    return listDifferences(before, after, label, path) ?? whole;
  }
  if (!isObject(before) || !isObject(after)) return whole;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differencesIn(before[name], after[name], `${label}.${name}`, [...path, name]),
  );
}

function listDifferences(
  before: readonly unknown[],
  after: readonly unknown[],
  label: string,
  path: Path,
): Difference[] | undefined {
  const key = ['Name', 'Key', 'ContainerPort', 'SourceVolume', 'ContainerName'].find(
    (candidate) => named(before, candidate) && named(after, candidate),
  );
  if (key === undefined) {
    if (before.length !== after.length || before.every((item) => !isObject(item))) return undefined;
    return before.flatMap((item, index) =>
      differencesIn(item, after[index], `${label}[${index}]`, [...path, index]),
    );
  }
  const nameOf = (item: unknown): string => String((item as Record<string, unknown>)[key]);
  const old = new Map(before.map((item) => [nameOf(item), item]));
  const now = new Map(after.map((item, index) => [nameOf(item), [item, index] as const]));
  const changed = [...now].flatMap(([name, [item, index]]) =>
    differencesIn(old.get(name), item, `${label}[${name}]`, [...path, index]),
  );
  const gone = [...old].flatMap(([name, item]) =>
    now.has(name) ? [] : [{ label: `${label}[${name}]`, path, before: item, after: undefined }],
  );
  const all = [...changed, ...gone];
  // Where only their order differs, it may mean something.
  const sameOrder = sameValue(before.map(nameOf), after.map(nameOf));
  return all.length > 0 || sameOrder || isSet(label) ? all : undefined;
}

/** Every member has a text or number under a key, each another one. */
function named(list: readonly unknown[], key: string): boolean {
  const names = list.map((item) => (isObject(item) ? item[key] : undefined));
  return (
    names.every((name) => typeof name === 'string' || typeof name === 'number') &&
    new Set(names).size === names.length
  );
}

/** Lists whose order means nothing. */
const sets =
  /(^|\.)(Tags|Environment|Secrets|SecurityGroups|SecurityGroupIds|VpcSecurityGroupIds|VPCSecurityGroups|GroupIds|Subnets|SubnetIds|RouteTableIds|RequiresCompatibilities|ManagedPolicyArns|SecurityGroupIngress|SecurityGroupEgress|CapacityProviders|Action)$/;
const isSet = (label: string): boolean => sets.test(label);
const sorted = (list: readonly unknown[]): unknown[] =>
  list.toSorted((a, b) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
