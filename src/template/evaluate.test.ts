import { expect, test } from 'vitest';
import { InputError } from '../common/problem.ts';
import { createEvaluator } from './evaluate.ts';
import type { Template } from './model.ts';
import { pseudoParameters, type Known } from './scope.ts';

const pseudo = pseudoParameters({
  accountId: '123456789012',
  region: 'eu-central-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
  stackName: 'jobs',
});
const template: Template = {
  Transform: 'AWS::LanguageExtensions',
  Parameters: { Name: { Type: 'String' }, List: { Type: 'CommaDelimitedList' }, Later: { Type: 'String' } },
  Mappings: { Sizes: { small: { cpu: '256', ports: ['1', '2'] } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'n'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'Unknown' }] },
    Unknown: { 'Fn::Equals': [{ Ref: 'Later' }, 'x'] },
    NeverMind: { 'Fn::And': [{ Condition: 'No' }, { Condition: 'Unknown' }] },
    Round: { Condition: 'About' },
    About: { Condition: 'Round' },
  },
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC' },
    Absent: { Type: 'AWS::EC2::VPC', Condition: 'No' },
    Done: { Type: 'AWS::EC2::VPC' },
  },
};
const known: Known = {
  template,
  pseudo,
  parameters: { Name: 'n', List: ['a', 'b', 'c'] },
  reference: (id) => (id === 'Done' ? 'vpc-1' : undefined),
  attribute: (id, name) => (id === 'Done' ? `${name}-of-vpc-1` : undefined),
  importValue: (name) => (name === 'jobs-shared' ? 'imported' : undefined),
  zones: (region) => (region === 'eu-central-1' ? ['eu-central-1a', 'eu-central-1b'] : undefined),
};
const value = (node: unknown): unknown =>
  createEvaluator(known).value(node, ['Resources', 'X', 'Properties']);
const fn = (name: string, ...argument: unknown[]) => ({ [`Fn::${name}`]: argument });
function message(node: unknown): string {
  try {
    return JSON.stringify(value(node));
  } catch (error) {
    return (error as InputError).problems[0]!.message;
  }
}

test.each<[name: string, node: unknown, result: unknown]>([
  ['Ref of a parameter', { Ref: 'Name' }, 'n'],
  ['Ref of a list', { Ref: 'List' }, ['a', 'b', 'c']],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
  ['Ref of what is there', { Ref: 'Done' }, 'vpc-1'],
  ['Ref of what is to come', { Ref: 'Vpc' }, { Ref: 'Vpc' }],
  ['GetAtt', fn('GetAtt', 'Done', 'CidrBlock'), 'CidrBlock-of-vpc-1'],
  ['GetAtt of what is to come', { 'Fn::GetAtt': 'Vpc.CidrBlock' }, fn('GetAtt', 'Vpc', 'CidrBlock')],
  [
    'Sub',
    { 'Fn::Sub': '${AWS::StackName}-${Done.Arn}-${!Literal}-${Name}' },
    'jobs-Arn-of-vpc-1-${Literal}-n',
  ],
  ['Sub with a map', fn('Sub', '${x}:${Name}', { x: 80 }), '80:n'],
  ['Sub of the unknown', { 'Fn::Sub': 'a-${Name}-${Vpc}' }, fn('Join', '', ['a-n-', { Ref: 'Vpc' }])],
  ['Join', fn('Join', '-', ['a', 1, true, { Ref: 'Name' }]), 'a-1-true-n'],
  [
    'Join of the unknown',
    fn('Join', '-', ['a', { Ref: 'Vpc' }, 'b', 'c']),
    fn('Join', '', ['a-', { Ref: 'Vpc' }, '-b-c']),
  ],
  ['Join of a list parameter', fn('Join', '|', { Ref: 'List' }), 'a|b|c'],
  ['Split', fn('Split', '|', 'a||c|'), ['a', '', 'c', '']],
  ['Select', fn('Select', '1', { Ref: 'List' }), 'b'],
  ['Select of a known member', fn('Select', 0, ['x', { Ref: 'Vpc' }]), 'x'],
  ['Select of Split', fn('Select', 1, fn('Split', '-', { 'Fn::Sub': 'a-${Name}' })), 'n'],
  ['FindInMap', fn('FindInMap', 'Sizes', 'small', 'cpu'), '256'],
  ['FindInMap of a list', fn('FindInMap', 'Sizes', 'small', 'ports'), ['1', '2']],
  ['FindInMap with default', fn('FindInMap', 'Sizes', 'big', 'cpu', { DefaultValue: 'd' }), 'd'],
  ['If', fn('If', 'Yes', 'a', 'b'), 'a'],
  ['If not', fn('If', 'No', 'a', { Ref: 'Done' }), 'vpc-1'],
  ['If and not', fn('If', 'Both', 'a', 'b'), 'b'],
  ['If or the unknown', fn('If', 'Either', 'a', 'b'), 'a'],
  ['If and the unknown, but no', fn('If', 'NeverMind', 'a', 'b'), 'b'],
  [
    'If unknown',
    fn('If', 'Unknown', { Ref: 'Name' }, { Ref: 'AWS::NoValue' }),
    fn('If', 'Unknown', 'n', { Ref: 'AWS::NoValue' }),
  ],
  ['NoValue in a map', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['NoValue in a list', ['a', fn('If', 'No', 'b', { Ref: 'AWS::NoValue' })], ['a']],
  ['GetAZs', { 'Fn::GetAZs': '' }, ['eu-central-1a', 'eu-central-1b']],
  ['GetAZs of a Ref', { 'Fn::GetAZs': { Ref: 'AWS::Region' } }, ['eu-central-1a', 'eu-central-1b']],
  ['GetAZs elsewhere', { 'Fn::GetAZs': 'us-east-1' }, { 'Fn::GetAZs': 'us-east-1' }],
  ['Cidr', fn('Cidr', '10.0.0.0/16', 3, 8), ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
  ['Cidr of a block in the middle', fn('Cidr', '10.0.5.0/24', '2', '5'), ['10.0.5.0/27', '10.0.5.32/27']],
  [
    'Cidr of an IPv6 block',
    fn('Cidr', '2001:db8:1234:1a00::/56', 2, 64),
    ['2001:db8:1234:1a00::/64', '2001:db8:1234:1a01::/64'],
  ],
  ['Cidr of the whole of an IPv6 block', fn('Cidr', '::1:0:0:0:0/64', '1', '64'), ['0:0:0:1::/64']],
  ['Base64', { 'Fn::Base64': { 'Fn::Sub': 'x${Name}' } }, 'eG4='],
  ['Length', { 'Fn::Length': { Ref: 'List' } }, 3],
  ['ToJsonString', { 'Fn::ToJsonString': { a: [{ Ref: 'Name' }] } }, '{"a":["n"]}'],
  ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}-shared' } }, 'imported'],
  ['ImportValue of nothing', { 'Fn::ImportValue': 'none' }, { 'Fn::ImportValue': 'none' }],
  [
    'a policy condition is no intrinsic',
    { Condition: { StringEquals: { a: 'b' } } },
    { Condition: { StringEquals: { a: 'b' } } },
  ],
])('%s', (_name, node, result) => {
  expect(value(node)).toEqual(result);
});

test.each<[node: unknown, message: string]>([
  [
    { Ref: 'Nothing' },
    'Template format error: Unresolved resource dependencies [Nothing] in the Resources block of the template',
  ],
  [
    { Ref: 'Absent' },
    'Template format error: Unresolved resource dependencies [Absent] in the Resources block of the template',
  ],
  [
    fn('GetAtt', 'Nothing', 'Arn'),
    'Template error: instance of Fn::GetAtt references undefined resource Nothing',
  ],
  [
    { 'Fn::GetAtt': 'Vpc' },
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  ],
  [
    { 'Fn::Sub': '${a b}' },
    'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
  ],
  [fn('Select', 3, { Ref: 'List' }), 'Template error: Fn::Select cannot select nonexistent value at index 3'],
  [fn('FindInMap', 'Sizes', 'big', 'cpu'), 'Template error: Unable to get mapping for Sizes::big::cpu'],
  [
    fn('FindInMap', 'Sizes', '__proto__', 'toString'),
    'Template error: Unable to get mapping for Sizes::__proto__::toString',
  ],
  [fn('If', 'Nope', 1, 2), 'Template error: unresolved condition dependency Nope in Fn::If'],
  [
    fn('If', 'Round', 1, 2),
    'Template format error: Circular dependency between conditions: [Round → About → Round]',
  ],
  [
    fn('Cidr', '10.0.0.0/24', 3, 7),
    'Template error: Fn::Cidr cannot make 3 blocks of /25 within 10.0.0.0/24',
  ],
  [{ 'Fn::Transform': {} }, 'Fn::Transform is not enacted'],
  [
    fn('Split', '', 'a'),
    'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
  ],
])('%j fails', (node, expected) => {
  expect(message(node)).toBe(expected);
});

test('language extensions need their transform', () => {
  const { Transform: _transform, ...plain } = template;
  const evaluator = createEvaluator({ ...known, template: plain });
  expect(() => evaluator.value({ 'Fn::Length': ['a'] }, [])).toThrow(
    'needs the transform AWS::LanguageExtensions',
  );
});
