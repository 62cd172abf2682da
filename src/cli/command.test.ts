import { expect, test } from 'vitest';
import { InputError } from '../common/problem.ts';
import { helpText, parseInvocation, type Command } from './command.ts';
import { duration, table, visibleLength, type Terminal } from './terminal.ts';

const command: Command = {
  name: 'logs',
  summary: 'Show what the services say',
  usage: '[OPTIONS] [SERVICE…]',
  options: [
    { name: 'follow', short: 'f', help: 'go on' },
    { name: 'tail', short: 'n', value: 'N', help: 'how many' },
  ],
  arguments: [0, 1],
  run: () => Promise.resolve(0),
};
const parse = (before: string[], after: string[]) =>
  parseInvocation(command, { before, after }, { terminal: {} as Terminal, env: {}, cwd: '/' });

test('-f is a file before the command and its own option behind it', () => {
  const invocation = parse(['-f', 'x.yaml'], ['-f', 'web', '-n', '3']);
  expect(invocation.texts('file')).toEqual(['x.yaml']);
  expect(invocation.flag('follow')).toBe(true);
  expect(invocation.text('tail')).toBe('3');
  expect(invocation.positionals).toEqual(['web']);
});

test('common options stand behind the command too, in their long form', () => {
  expect(parse(['-p', 'one'], ['--file', 'a', '--file', 'b']).texts('file')).toEqual(['a', 'b']);
});

test('what stands behind -- is left as it is', () => {
  expect(parse([], ['web', '--', 'ls', '-f']).rest).toEqual(['ls', '-f']);
});

test('unknown options and surplus arguments are wrong input, with the usage', () => {
  for (const args of [['--nope'], ['a', 'b'], ['--tail']]) {
    expect(() => parse([], args)).toThrow(InputError);
    expect(() => parse([], args)).toThrow(/usage: fairway logs/);
  }
});

test('help names every option', () => {
  const text = helpText(command);
  for (const name of ['--follow', '--tail N', '--file PATH', '--project-name NAME'])
    expect(text).toContain(name);
});

test('tables align what has colours', () => {
  expect(visibleLength('\u001b[32mok\u001b[39m')).toBe(2);
  expect(
    table([
      ['a', 'b'],
      ['\u001b[32mlong\u001b[39m', 'c'],
    ]),
  ).toBe('a      b\n\u001b[32mlong\u001b[39m   c');
});

test('durations read well', () => {
  expect([340, 1420, 125_000].map(duration)).toEqual(['340 ms', '1.4 s', '2 min 5 s']);
});
