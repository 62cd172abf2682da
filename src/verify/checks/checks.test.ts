import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../edits.ts';
import { checkText } from '../testing/check.ts';
import { checks } from './index.ts';

const folder = new URL('./fixtures/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, folder), 'utf8');
/** Lines that are marked with `# <- id`. */
const marked = (text: string, id: string) =>
  text.split('\n').flatMap((line, index) => (new RegExp(`# <- ${id}( |$)`).test(line) ? [index + 1] : []));

it('every check has its fixtures, and every fixture its check', () => {
  const wanted = checks.flatMap(({ id }) => [`${id}.right.yaml`, `${id}.wrong.yaml`]);
  expect(readdirSync(folder).sort()).toEqual(wanted.sort());
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});

describe.each(checks)('$id', (check) => {
  const { id } = check;
  const wrong = fixture(`${id}.wrong.yaml`);
  const hits = (text: string) => checkText(text, [check]).findings;

  it('finds the mistake on its line', () => {
    const lines = marked(wrong, id);
    expect(lines.length).toBeGreaterThan(0);
    expect(hits(wrong).map(({ position }) => position?.line)).toEqual(lines);
  });

  it('finds nothing in the near miss', () => {
    expect(hits(fixture(`${id}.right.yaml`))).toEqual([]);
  });

  it('finds nothing once its own edits are made', () => {
    const fixes = hits(wrong).flatMap(({ fix }) => fix?.edits ?? []);
    if (fixes.length === 0)
      return expect(hits(wrong).every(({ fix }) => fix === undefined || fix.says !== '')).toBe(true);
    expect(hits(applyEdits(wrong, fixes))).toEqual([]);
  });

  it('is written as the others are', () => {
    expect(check.source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|aws\.amazon\.com|repost\.aws)\//);
    for (const { message, fix } of hits(wrong)) {
      expect(message).not.toMatch(/undefined|\[object|\.$/);
      if (fix) expect(fix.says).not.toMatch(/undefined|\[object|\.$/);
    }
  });
});
