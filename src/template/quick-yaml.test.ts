import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quickYaml } from './quick-yaml.ts';
import { parseText, parseWhole } from './text.ts';
import type { Path } from './path.ts';

const folders = ['../verify/checks/fixtures/', '../architect/golden/'].map(
  (path) => new URL(path, import.meta.url),
);
const texts = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8')),
);

/** Every path of a value, and one that leads nowhere. */
function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  yield [...path, 'Nowhere'];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value))
    yield* pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]);
}

function agrees(text: string): boolean {
  const quick = quickYaml(text, false);
  if (!quick) return false;
  const whole = parseWhole(text, 'f');
  expect(quick.value).toEqual(whole.value);
  const { positionOf } = parseText(text, 'f');
  const paths = [...pathsOf(quick.value)];
  expect(paths.map((path) => [path, positionOf(path)])).toEqual(
    paths.map((path) => [path, whole.positionOf(path)]),
  );
  return true;
}

/** A collection on lines of its own is left to the whole parser. */
const hasLooseCollection = (text: string): boolean => /^\s+[[{]|[[{]$/m.test(text);

test('reads what templates are written in as the whole parser does', () => {
  const usual = texts.filter((text) => !hasLooseCollection(text));
  expect(usual.length).toBeGreaterThan(50);
  expect(usual.filter((text) => !agrees(text))).toEqual([]);
  for (const text of texts) agrees(text);
});

test('agrees with the whole parser on whatever it reads', () => {
  const lines = [...new Set(texts.flatMap((text) => text.split('\n')))];
  const odd = fc.constantFrom(
    'a: b: c',
    '- - a',
    'a: |',
    'a: >-',
    '? a',
    'a: &x 1',
    'b: *x',
    "a: 'b",
    'a: "\\x41"',
    'a: 010',
    'a: 1.10',
    'a: ~',
    'a:',
    '-',
    'a : b',
    'a: # c',
    'a: b # c',
    'a: b#c',
    '"a": 1',
    'a: [b, c: d]',
    'a: {b}',
    'a: [!Ref B, 1]',
    'a: !Ref 1',
    'a: !Sub',
    '<<: x',
    'a: -',
    'a: - b',
    'a: [',
    '[a]',
    'a',
    'a: .5',
    'a: 1e3',
    'a: 0x1f',
    'a: !GetAtt B.C',
    'a: !If [a, b, c]',
    'a: {"b": 1}',
    "a: 'it''s'",
    'a: "q\\"r"',
    'a: yes',
    'a: -1',
    'a: +1',
    '  - !If',
    'a: !Sub |',
    'a: []',
    'a: {}',
    'a: [a, ]',
  );
  const indented = fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.oneof(odd, fc.constantFrom(...lines)))
    .map(([depth, line]) => `${' '.repeat(depth)}${line}`);
  const some = fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat(2), indented), { maxLength: 3 }))
    .map(([text, changes]) => {
      const changed = text.split('\n').slice(0, 60);
      for (const [at, removed, line] of changes) changed.splice(at % changed.length, removed, line);
      return changed.join('\n');
    });
  const small = fc.array(indented, { minLength: 1, maxLength: 5 }).map((all) => all.join('\n'));
  fc.assert(
    fc.property(fc.oneof(some, small), (text) => void agrees(text)),
    { numRuns: 2000, seed: 7 },
  );
});
