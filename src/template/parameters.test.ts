import { expect, test } from 'vitest';
import { InputError } from '../common/problem.ts';
import type { Parameter } from './model.ts';
import { resolveParameters, type ParameterValue } from './parameters.ts';

const resolve = (Parameters: Record<string, Parameter>, supplied: Record<string, string> = {}) =>
  resolveParameters({ Parameters, Resources: {} }, supplied);
function message(parameter: Parameter, value?: string): string {
  try {
    resolve({ P: parameter }, value === undefined ? {} : { P: value });
    return 'fine';
  } catch (error) {
    return (error as InputError).problems.map((problem) => problem.message).join('; ');
  }
}

test.each<[type: string, text: string, value: ParameterValue]>([
  ['String', 'a', 'a'],
  ['Number', '1.5', '1.5'],
  ['CommaDelimitedList', ' a, b ,,c', ['a', 'b', '', 'c']],
  ['List<Number>', '1, 2', ['1', '2']],
  ['AWS::EC2::VPC::Id', 'vpc-1', 'vpc-1'],
  ['List<AWS::EC2::Subnet::Id>', 'subnet-1,subnet-2', ['subnet-1', 'subnet-2']],
])('%s of %j', (Type, text, value) => {
  expect(resolve({ P: { Type } }, { P: text })).toEqual({ P: value });
});

test.each<[parameter: Parameter, value: string | undefined, message: string]>([
  [{ Type: 'String' }, undefined, 'Parameters: [P] must have values'],
  [{ Type: 'String', Default: 'x' }, undefined, 'fine'],
  [{ Type: 'Number' }, 'x', "Parameter 'P' must be a number."],
  [{ Type: 'Number', MinValue: 3 }, '2', 'Parameter P must be a number not less than 3'],
  [{ Type: 'Number', MaxValue: 3, Default: 4 }, undefined, 'Parameter P must be a number not greater than 3'],
  [{ Type: 'String', MinLength: 3 }, 'ab', 'Parameter P must contain at least 3 characters'],
  [{ Type: 'String', MaxLength: 1 }, 'ab', 'Parameter P must contain at most 1 characters'],
  [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'ab1', 'Parameter P must match pattern [a-z]+'],
  [{ Type: 'CommaDelimitedList', AllowedPattern: '[a-z]+' }, 'ab,1', 'Parameter P must match pattern [a-z]+'],
  [
    { Type: 'String', AllowedPattern: '[a-z]+', ConstraintDescription: 'must be small' },
    '1',
    'Parameter P must be small',
  ],
  [{ Type: 'String', AllowedValues: ['a', 1] }, '1', 'fine'],
  [
    { Type: 'String', AllowedValues: ['a'] },
    'b',
    'Parameter P must be one of AllowedValues, and "b" is not: a',
  ],
  [
    { Type: 'AWS::SSM::Parameter::Value<String>' },
    '/x',
    'Unable to fetch parameters [/x] from parameter store for this account.',
  ],
  [
    { Type: 'List<AWS::EC2::KeyPair::KeyName>' },
    'k',
    'Template format error: Unrecognized parameter type: List<AWS::EC2::KeyPair::KeyName>',
  ],
])('%j of %j', (parameter, value, expected) => {
  expect(message(parameter, value)).toBe(expected);
});

test('a value for no parameter is refused', () => {
  expect(() => resolve({}, { X: '1' })).toThrow('Parameters: [X] do not exist in the template');
});
