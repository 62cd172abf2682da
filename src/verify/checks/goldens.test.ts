import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkText } from '../testing/check.ts';
import { paths } from './paths/index.ts';

const goldens = new URL('../../architect/golden/', import.meta.url);
const files = readdirSync(goldens).filter((name) => name.endsWith('.yaml'));

/** What the compose files of the golden templates say themselves, and is wrong. */
const MISTAKES: Readonly<Record<string, readonly string[]>> = {
  'balanced.yaml': [
    'name-does-not-resolve: ApiService uses the name redis.local (REDIS_URL), and no zone that Vpc sees has it',
  ],
  'files.yaml': ['name-resolved-once: nginx resolves api once, when it starts, and its tasks change'],
};

it.each(files)('%s has every path that it needs', (file) => {
  const { findings, unknowns } = checkText(readFileSync(new URL(file, goldens), 'utf8'), paths);
  expect(findings.map(({ id, message }) => `${id}: ${message}`)).toEqual(MISTAKES[file] ?? []);
  expect(unknowns.map(({ id, why }) => `${id}: ${why}`)).toEqual([]);
});
