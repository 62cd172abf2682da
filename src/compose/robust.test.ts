import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../common/problem.ts';
import { read } from './testing/project.ts';
import { RICH } from './testing/rich.ts';

const TEXT = RICH['compose.yaml']!;

/** What a person or an editor may do to a file. */
const edit = fc.record({
  at: fc.nat(TEXT.length),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      ':',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '\t',
      '\n',
      '  ',
      '&a ',
      '*a',
      '*base',
      '!reset ',
      '${',
    ),
    fc.constantFrom(
      'null',
      '[]',
      '{}',
      '{a: b}',
      '[[]]',
      '-1',
      '1e9',
      'true',
      '~',
      '0x1',
      '$',
      '|\n',
      '<<: ',
      '!x ',
    ),
    fc.string({ maxLength: 6 }),
  ),
});
const edited = (edits: readonly { at: number; remove: number; insert: string }[]): string =>
  edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), TEXT);

/** Only what is wrong, where, and what to write: nothing else may come out. */
function said(text: string): InputError['problems'] {
  try {
    read({ ...RICH, 'compose.yaml': text });
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw new Error(`${String(error)}\n${text}`, { cause: error });
  }
}

describe('a file that is changed anyhow', () => {
  it('is read as it is before', () => expect(said(TEXT)).toEqual([]));

  it('is read, or told what is wrong with its place', () =>
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        for (const { position, fix, message } of said(edited(edits))) {
          expect(position, message).toBeDefined();
          expect(fix, message).toBeTruthy();
        }
      }),
      { numRuns: Number(process.env['MUTATIONS'] ?? 300) },
    ));

  it('is told a value of any other kind by its place', () => {
    const lines = TEXT.split('\n');
    const values = ['[1, {a: b}, null]', '{a: {b: [c]}}', 'text', '3', '""'];
    for (const [index, line] of lines.entries())
      for (const value of values) {
        const key = /^( *(?:- )?[\w.'-]+:)/.exec(line)?.[1];
        if (key === undefined) continue;
        for (const { position, message } of said(lines.with(index, `${key} ${value}`).join('\n')))
          expect(position, message).toBeDefined();
      }
  });
});

describe('a file that nobody writes', () => {
  it.each<[what: string, text: string, message: RegExp]>([
    ['two megabytes', `x-a: "${'a'.repeat(2_000_000)}"\n${TEXT}`, /has \d+ characters/],
    ['brackets', `x-a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, /nested too deep|levels/],
    [
      'a chain of blocks',
      Array.from({ length: 900 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      /nested too deep|levels/,
    ],
    [
      'variables in variables',
      `x-a: "${'${A:-'.repeat(9_000)}${'}'.repeat(9_000)}"\nservices: {a: {image: a}}`,
      /nested more than/,
    ],
    ['an alias of itself', 'x-a: &a [*a]\nservices: {a: {image: a}}', /contains itself/],
  ])('%s', (_what, text, message) => {
    expect(
      said(text)
        .map((problem) => problem.message)
        .join('\n'),
    ).toMatch(message);
  });

  it.each([
    ['Windows line ends', TEXT.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${TEXT}`],
  ])('with %s is read all the same', (_what, text) => expect(said(text)).toEqual([]));
});
