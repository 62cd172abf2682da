import type { Keys, Rule } from './rule.ts';
import { TOP } from './top.ts';

/** Every key with its path (`services.*.ports.*.target`): what documentation is made from. */
export const KEY_TABLES: readonly (readonly [path: string, rule: Rule])[] = flatten(TOP, '');

function flatten(keys: Keys, prefix: string): (readonly [string, Rule])[] {
  return Object.entries(keys).flatMap(([name, rule]) => [
    [prefix + name, rule] as const,
    ...(rule.status === 'enacted' && rule.keys ? flatten(rule.keys, `${prefix}${name}.`) : []),
    ...(rule.status === 'enacted' && rule.each ? flatten(rule.each, `${prefix}${name}.*.`) : []),
  ]);
}
