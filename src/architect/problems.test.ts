import { expect, it } from 'vitest';
import type { Problem } from '../common/problem.ts';
import { arranged, BY_INIT } from './problems.ts';

const at = (line: number) => ({ file: 'compose.yaml', line, column: 1 });
const problem = (code: string, line: number, message: string, ...fix: string[]): Problem => ({
  code,
  message,
  position: at(line),
  fix: fix.join('\n'),
});

it('explains once what several have in common, in the order of the file', () => {
  const made = arranged([
    problem('volume-undecided', 9, 'b', 'write', 'this', BY_INIT),
    problem('volume-undecided', 8, 'a of one', 'write', 'that', BY_INIT),
    problem('volume-undecided', 8, 'a of another', 'write', 'that', BY_INIT),
    problem('nothing-calls', 2, 'c', 'say who', BY_INIT),
  ]);
  expect(made.map(({ message, fix }) => [message, fix])).toEqual([
    ['c', 'say who'],
    ['a of another', undefined],
    ['b', `write\nthis\n${BY_INIT}`],
  ]);
});

it('says each thing once', () =>
  expect(
    arranged([problem('x', 1, 'a', 'f'), problem('x', 1, 'a', 'f'), problem('x', 1, 'b', 'f')]),
  ).toHaveLength(2));
