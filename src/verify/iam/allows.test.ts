import { expect, test } from 'vitest';
import { declaredStacks } from '../../topology/from-template/declared.ts';
import { systemFromResources } from '../../topology/from-template/system.ts';
import { examineText } from '../testing/check.ts';
import { allows } from './allows.ts';
import { askedOf } from './arn.ts';
import { isRole, roleOf } from './roles.ts';

function answer(statements: string, more = '', action = 'secretsmanager:GetSecretValue'): string {
  const system = systemFromResources(
    declaredStacks([
      examineText(`
Parameters: {Given: {Type: String}}
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: shop/db}}
  Other: {Type: AWS::SecretsManager::Secret}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      ${more}
      Policies: [{PolicyName: p, PolicyDocument: {Statement: [${statements}]}}]
`),
    ]),
  );
  const role = roleOf(system, 'Role');
  if (!isRole(role)) return role.unknown;
  const asked = askedOf(system.resources.get('Secret')!)!;
  const result = allows(role, action, asked, (id) => system.resources.has(id));
  return typeof result === 'string' ? result : 'unknown';
}
const allow = (action: string, resource: string, more = '') =>
  `{Effect: Allow, Action: ${action}, Resource: ${resource}${more}}`;
const get = 'secretsmanager:GetSecretValue';

test.each<[name: string, statements: string, answer: string]>([
  ['nothing', '', 'no'],
  ['the secret itself', allow(get, '!Ref Secret'), 'yes'],
  ['another secret', allow(get, '!Ref Other'), 'no'],
  ['every secret', allow("'*'", "'*'"), 'yes'],
  ['a pattern of actions, in any case', allow("'SecretsManager:get*'", "'*'"), 'yes'],
  ['another action', allow('secretsmanager:DescribeSecret', "'*'"), 'no'],
  [
    'its ARN by name',
    allow(get, "!Sub 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:shop/*'"),
    'yes',
  ],
  ['an ARN of another name', allow(get, "'arn:aws:secretsmanager:*:*:secret:forum/*'"), 'no'],
  ['an ARN of another service', allow(get, "'arn:aws:ssm:*:*:parameter/*'"), 'no'],
  ['a parameter', allow(get, '!Ref Given'), 'unknown'],
  ['an allow under a condition', allow(get, "'*'", ', Condition: {Bool: {x: true}}'), 'unknown'],
  ['a deny above an allow', `${allow(get, "'*'")}, {Effect: Deny, Action: '*', Resource: '*'}`, 'no'],
  ['a deny of something else', `${allow(get, "'*'")}, {Effect: Deny, Action: 's3:*', Resource: '*'}`, 'yes'],
  ['all but something else', "{Effect: Allow, NotAction: 'iam:*', Resource: '*'}", 'yes'],
  ['all but this', "{Effect: Allow, NotAction: 'secretsmanager:*', Resource: '*'}", 'no'],
])('%s: %s', (_name, statements, expected) => {
  expect(answer(statements)).toBe(expected);
});

test('policies of AWS that are known, and those that are not', () => {
  const managed = (name: string) => `ManagedPolicyArns: ['arn:aws:iam::aws:policy/${name}']`;
  expect(answer('', managed('service-role/AmazonECSTaskExecutionRolePolicy'))).toBe('no');
  expect(answer('', managed('SecretsManagerReadWrite'))).toBe('yes');
  expect(answer('', managed('SomethingNew'))).toBe('unknown');
  expect(answer('', managed('PowerUserAccess'))).toBe('yes');
  expect(answer('', managed('PowerUserAccess'), 'iam:PassRole')).toBe('no');
});
