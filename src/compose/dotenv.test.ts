import { expect, it } from 'vitest';
import type { Problem } from '../common/problem.ts';
import { readEnvFile } from './dotenv.ts';

const read = (text: string) => {
  const problems: Problem[] = [];
  const lines = readEnvFile(text, '.env', (name) => (name === 'OUT' ? 'out' : undefined), problems);
  return {
    values: Object.fromEntries(lines.map(({ name, value }) => [name, value])),
    lines: lines.map(({ position }) => position.line),
    problems: problems.map(({ position, message }) => `${position?.line} ${message}`),
  };
};

it('reads quotes, comments, export, many lines and variables', () => {
  const text = [
    '# comment',
    'A=1',
    'export B = two words # said',
    "C='$A # as is'",
    'D="x\\n$A ${OUT}"',
    'E="one',
    'two"',
    'F=a#b',
    'G=',
    'H',
    'I: yaml',
    'J=$$5 $',
    'K=postgres://u:p@db/x?a=b',
  ].join('\r\n');
  const { values, lines, problems } = read(text);
  expect(problems).toEqual([]);
  expect(values).toEqual({
    A: '1',
    B: 'two words',
    C: '$A # as is',
    D: 'x\n1 out',
    E: 'one\ntwo',
    F: 'a#b',
    G: '',
    H: undefined,
    I: 'yaml',
    J: '$5 $',
    K: 'postgres://u:p@db/x?a=b',
  });
  expect(lines).toEqual([2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]);
});

it('says what is wrong', () => {
  expect(read('A=1\nnot this\nB="open\nC=2').problems).toEqual([
    '2 "not this" is no assignment',
    '3 the value of B has no closing "',
  ]);
  expect(read('P=a$word').problems).toEqual(['1 the variable word is not set']);
});
