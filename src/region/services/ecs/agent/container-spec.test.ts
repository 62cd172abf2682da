import { expect, test } from 'vitest';
import { argvOf, hostnameOf, plusTwo } from './container-spec.ts';
import { exitCodeOf } from './live-container.ts';

const image = { entrypoint: ['entry'], command: ['default'] };

test('a command replaces CMD; an entry point replaces ENTRYPOINT and drops CMD', () => {
  expect(argvOf(undefined, undefined, image)).toEqual(['entry', 'default']);
  expect(argvOf(undefined, ['mine'], image)).toEqual(['entry', 'mine']);
  expect(argvOf(['other'], undefined, image)).toEqual(['other']);
  expect(argvOf(['other'], ['mine'], image)).toEqual(['other', 'mine']);
  expect(() => argvOf(undefined, undefined, {})).toThrow(/no command specified/);
});

test('the resolver is at plus two, the host named after its address', () => {
  expect(plusTwo('10.0.0.0/16')).toBe('10.0.0.2');
  expect(plusTwo('172.16.255.254/31')).toBe('172.17.0.0');
  expect(hostnameOf('10.0.1.5', 'us-east-1')).toBe('ip-10-0-1-5.ec2.internal');
  expect(hostnameOf('10.0.1.5', 'eu-west-1')).toBe('ip-10-0-1-5.eu-west-1.compute.internal');
});

test('signals show as 128 and their number', () => {
  expect(exitCodeOf(0, 'SIGKILL')).toBe(137);
  expect(exitCodeOf(0, 'SIGTERM')).toBe(143);
  expect(exitCodeOf(3, undefined)).toBe(3);
});
