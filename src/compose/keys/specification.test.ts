import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY_TABLES } from './tables.ts';

interface Specification {
  readonly commit: string;
  readonly keys: readonly string[];
}
const { commit, keys } = JSON.parse(
  readFileSync(new URL('./testing/specification.json', import.meta.url), 'utf8'),
) as Specification;
const tables = new Map(KEY_TABLES);

/** What a noticed or refused key has below it is decided with it. */
function isDecided(key: string): boolean {
  if (tables.has(key)) return true;
  const at = key.lastIndexOf('.');
  const parent = key.slice(0, Math.max(0, at)).replace(/\.\*$/, '');
  const rule = tables.get(parent);
  return rule ? rule.status !== 'enacted' : parent !== '' && isDecided(parent);
}

describe(`the Compose specification at ${commit.slice(0, 7)}`, () => {
  it('has no key that the tables do not decide', () => {
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter((key) => !isDecided(key))).toEqual([]);
  });

  it('has every key of the tables that is not Fairway’s or compose-ecs’s', () => {
    const own = (path: string) => /(^|\.)x-aws/.test(path);
    expect([...tables.keys()].filter((path) => !keys.includes(path) && !own(path))).toEqual([]);
  });
});
