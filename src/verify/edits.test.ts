import { expect, it } from 'vitest';
import { applyEdits } from './edits.ts';
import type { Edit } from './model.ts';

const at = ['Resources', 'A', 'Properties'];
const edited = (text: string, ...edits: Edit[]) => applyEdits(text, edits);
const template = (properties: string) => `Resources:\n  A:\n    Type: T\n    Properties:${properties}\n`;

it('leaves alone what has no room for an edit', () => {
  const value = template(' true');
  expect(edited(value, { kind: 'set', path: [...at, 'B'], value: 1 })).toBe(value);
  const list = template(' [x]');
  expect(edited(list, { kind: 'set', path: [...at, 'B', 'C'], value: 1 })).toBe(list);
  expect(edited(list, { kind: 'remove', path: [...at, 'B', 'C'] })).toBe(list);
});

it('makes a map of a key without a value', () =>
  expect(edited(template(''), { kind: 'set', path: [...at, 'B'], value: 1 })).toBe(template('\n      B: 1')));

it('takes one value for a list of one', () => {
  const one = template('\n      B: x');
  expect(edited(one, { kind: 'set', path: [...at, 'B', 0], value: 'y' })).toBe(template('\n      B: y'));
  expect(edited(one, { kind: 'append', path: [...at, 'B'], value: 'y' })).toBe(
    template('\n      B:\n        - x\n        - y'),
  );
  const map = template('\n      B:\n        C: true\n        D: 1');
  expect(edited(map, { kind: 'remove', path: [...at, 'B', 0, 'C'] })).toBe(
    template('\n      B:\n        D: 1'),
  );
});

it('takes members of one list out from its end, each once', () => {
  const list = template('\n      B:\n        - a\n        - b\n        - c');
  const remove = (index: number): Edit => ({ kind: 'remove', path: [...at, 'B', index] });
  expect(edited(list, remove(0), remove(1), remove(0))).toBe(template('\n      B:\n        - c'));
  expect(edited(list, remove(0), { kind: 'set', path: [...at, 'B', 2], value: 'd' })).toBe(
    template('\n      B:\n        - b\n        - d'),
  );
});

it.each([
  ['!If [C, [a], [b]]', '!If [ C, [ a, x ], [ b, x ] ]'],
  ['{Fn::If: [C, [a], !Ref AWS::NoValue]}', '{Fn::If: [ C, [ a, x ], !Ref AWS::NoValue ]}'],
  ['!Ref List', '!Ref List'],
  ['!Split [",", a]', '!Split [",", a]'],
])('adds to the list that a function stands for: %s', (written, expected) => {
  const without = (text: string) => text.replaceAll(/\s|-/g, '').replaceAll('"', '');
  const made = edited(template(`\n      B: ${written}`), { kind: 'append', path: [...at, 'B'], value: 'x' });
  expect(without(made)).toBe(without(template(`\n      B: ${expected}`)));
});
