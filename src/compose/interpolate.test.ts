import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from './interpolate.ts';

const lookup = (name: string) => ({ A: 'a', B: 'b', EMPTY: '' })[name];
const filled = (text: string) => {
  const { text: result, faults } = interpolate(text, lookup);
  expect(faults, text).toEqual([]);
  return result;
};
const faults = (text: string) =>
  interpolate(text, lookup).faults.map(({ offset, message }) => `${offset} ${message}`);

describe('interpolate', () => {
  it.each([
    ['$A-${B}', 'a-b'],
    ['${N:-x}', 'x'],
    ['${N-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${EMPTY-x}', ''],
    ['${A:-x}', 'a'],
    ['${A:?no}', 'a'],
    ['${EMPTY?no}', ''],
    ['${A:+x}', 'x'],
    ['${EMPTY:+x}', ''],
    ['${EMPTY+x}', 'x'],
    ['${N:+x}', ''],
    ['${N:-${M:-${A}}}!', 'a!'],
    ['${N:-}', ''],
    ['$$A $${A} $$$A', '$A ${A} $a'],
    ['a ${N:-b c} d', 'a b c d'],
    ['${N:-http://x:1/}', 'http://x:1/'],
  ])('%s is %s', (text, result) => expect(filled(text)).toBe(result));

  it.each([
    ['x $N', '2 the variable N is not set'],
    ['${N}', '0 the variable N is not set'],
    ['${N:?give it}', '0 the variable N is not set: give it'],
    ['${EMPTY:?}', '0 the variable EMPTY is empty'],
    ['a${M:-${N}}', '6 the variable N is not set'],
    ['${A', '0 "${A" is no variable'],
    ['5$', '1 "$" is no variable'],
    ['${A/x}', '0 ${A/x} has an unknown operator'],
  ])('%s is wrong', (text, message) => expect(faults(text)).toEqual([message]));

  it('does not evaluate what is not taken', () => expect(filled('${A:-${N}} ${N:+${M}}')).toBe('a '));

  it('leaves text without a dollar sign as it is, and takes one from two', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll('$', '');
        expect(filled(plain)).toBe(plain);
        expect(filled(text.replaceAll('$', '$$$$'))).toBe(text);
      }),
    ));
});
