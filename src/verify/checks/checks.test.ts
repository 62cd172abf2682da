import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../edits.ts';
import { checkText } from '../testing/check.ts';
import { edgesOf, fixturesOf } from '../testing/fixtures.ts';
import { checks } from './index.ts';

const folder = new URL('./fixtures/', import.meta.url);
/** Lines that are marked with `# <- id`. */
const marked = (text: string, id: string) =>
  text.split('\n').flatMap((line, index) => (new RegExp(`# <- ${id}( |$)`).test(line) ? [index + 1] : []));

it('every check has its fixtures, and every fixture its check', () => {
  const wanted = checks.flatMap(({ id }) => [`${id}.right.yaml`, `${id}.wrong.yaml`]);
  // What is deployed already, for those that look at what a template changes.
  const files = readdirSync(folder).filter((name) => !name.endsWith('.before.yaml'));
  expect(files.sort()).toEqual(wanted.sort());
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});

describe.each(checks)('$id', (check) => {
  const { id } = check;
  /** Read by each test: one without a fixture fails alone. */
  const wrongText = () => fixturesOf(id).wrong;
  const hits = (text: string) => {
    const { before } = fixturesOf(id);
    return checkText(text, [check], { edges: edgesOf(text), ...(before === undefined ? {} : { before }) })
      .findings;
  };

  it('finds the mistake on its line', () => {
    const wrong = wrongText();
    const lines = marked(wrong, id);
    expect(lines.length).toBeGreaterThan(0);
    expect(hits(wrong).map(({ position }) => position?.line)).toEqual(lines);
  });

  it('finds nothing in the near miss', () => {
    expect(hits(fixturesOf(id).right)).toEqual([]);
  });

  it('finds nothing once its own edits are made', () => {
    const wrong = wrongText();
    const fixes = hits(wrong).flatMap(({ fix }) => fix?.edits ?? []);
    if (fixes.length === 0)
      return expect(hits(wrong).every(({ fix }) => fix === undefined || fix.says !== '')).toBe(true);
    const left = hits(applyEdits(wrong, fixes));
    expect(left.filter(({ fix }) => fix?.edits.length)).toEqual([]);
    expect(left.length).toBe(hits(wrong).filter(({ fix }) => !fix?.edits.length).length);
  });

  it('is written as the others are', () => {
    expect(check.source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|aws\.amazon\.com|repost\.aws)\//);
    for (const { message, fix } of hits(wrongText())) {
      expect(message).not.toMatch(/undefined|\[object|\.$/);
      if (fix) expect(fix.says).not.toMatch(/undefined|\[object|\.$/);
    }
  });
});
