import { contains, parseCidr } from '../../../topology/cidr.ts';
import { isUnknown, known, type ListenerRule } from '../../../topology/system.ts';

type Condition = ListenerRule['conditions'][number];

/**
 * Whether a rule takes every request that another would take: each of its conditions holds wherever one of the other's does.
 * What cannot be compared counts for no, so the answer yes is sure.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export const takesAllOf = (rule: ListenerRule, other: ListenerRule): boolean =>
  rule.conditions.length > 0 &&
  rule.conditions.every((wide) => takesAny(wide) || other.conditions.some((narrow) => covers(wide, narrow)));

/** A path always begins with a slash, and every host fits a star. */
function takesAny({ field, values }: Condition): boolean {
  const list = known(values) ?? [];
  return (
    (field === 'path-pattern' && list.some((value) => value === '*' || value === '/*')) ||
    (field === 'host-header' && list.includes('*'))
  );
}

function covers(wide: Condition, narrow: Condition): boolean {
  if (wide.field !== narrow.field || isUnknown(wide.values) || isUnknown(narrow.values)) return false;
  if (wide.header?.toLowerCase() !== narrow.header?.toLowerCase()) return false;
  const [outer, inner] = [wide.values, narrow.values];
  return inner.length > 0 && inner.every((one) => outer.some((other) => within(wide.field, other, one)));
}

function within(field: string, outer: string, inner: string): boolean {
  if (outer === inner) return true;
  switch (field) {
    case 'path-pattern':
      return fits(outer, inner);
    case 'host-header':
    case 'http-header':
      return fits(outer.toLowerCase(), inner.toLowerCase());
    case 'source-ip': {
      const [one, other] = [parseCidr(outer), parseCidr(inner)];
      return one !== undefined && other !== undefined && contains(one, other);
    }
    default:
      return false;
  }
}

/** Whether a pattern matches all that another matches: the other's wildcards are taken for signs that only `*` (or `?` for `?`) covers. */
export function fits(pattern: string, text: string): boolean {
  const wild = pattern.search(/[*?]/);
  if (wild < 0) return pattern === text;
  if (!text.startsWith(pattern.slice(0, wild))) return false;
  let reached = new Set([0]);
  const stars = (set: Set<number>) => {
    for (const index of set) if (pattern[index] === '*') set.add(index + 1);
    return set;
  };
  reached = stars(reached);
  for (const sign of text) {
    const next = new Set<number>();
    for (const index of reached) {
      const own = pattern[index];
      if (own === '*') next.add(index);
      else if (own !== undefined && (own === sign ? sign !== '*' : own === '?' && sign !== '*'))
        next.add(index + 1);
    }
    reached = stars(next);
    if (reached.size === 0) return false;
  }
  return reached.has(pattern.length);
}
