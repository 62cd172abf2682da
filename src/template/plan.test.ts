import { expect, test } from 'vitest';
import { evaluateTemplate } from './evaluated.ts';
import { dependencyGraph } from './graph.ts';
import { parseTemplate } from './parse.ts';
import { diffTemplates, isUpdate } from './plan.ts';
import { pseudoParameters, type Known } from './scope.ts';
import { validateReferences } from './validate.ts';

const pseudo = pseudoParameters({
  accountId: '1',
  region: 'r',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
});
function known(text: string): Known {
  const { template, positionOf } = parseTemplate(`Resources:\n${text}`, 't.yaml');
  return { template, positionOf, parameters: {}, pseudo };
}
function differences(before: string, after: string) {
  const next = known(after);
  return diffTemplates(evaluateTemplate(known(before)), next, dependencyGraph(next.template)).differences;
}
function refused(text: string): string[] {
  try {
    const parsed = parseTemplate(`Resources:\n${text}`, 't.yaml');
    validateReferences(parsed);
    dependencyGraph(parsed.template, parsed.positionOf);
    evaluateTemplate({ ...known(text), positionOf: parsed.positionOf });
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

const vpc = (cidr: string, more = '') =>
  `  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: ${cidr}${more}}}\n`;
const subnet = '  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n';

test('nothing changes when values are written differently', () => {
  expect(
    differences(
      vpc('10.0.0.0/16', ', EnableDnsSupport: true'),
      vpc("!Sub '10.0.0.0/16'", ", EnableDnsSupport: 'true'"),
    ),
  ).toEqual([]);
});

test('a replacement moves on to what refers to it', () => {
  expect(differences(vpc('10.0.0.0/16') + subnet, subnet + vpc('10.0.0.0/20'))).toMatchObject([
    {
      action: 'Modify',
      logicalId: 'Vpc',
      replacement: 'True',
      details: [
        {
          attribute: 'Properties',
          name: 'CidrBlock',
          path: ['CidrBlock'],
          requiresRecreation: 'Always',
          evaluation: 'Static',
          before: '10.0.0.0/16',
          after: '10.0.0.0/20',
        },
      ],
    },
    {
      logicalId: 'Subnet',
      replacement: 'Conditional',
      details: [{ name: 'VpcId', evaluation: 'Dynamic', cause: { kind: 'ref', name: 'Vpc' } }],
    },
  ]);
});

test('a change in place stays with its resource, and its path leads to the difference', () => {
  const group = (port: number) =>
    `  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, CidrIp: 0.0.0.0/0}, {IpProtocol: tcp, FromPort: ${port}, CidrIp: 0.0.0.0/0}]}}\n  Other: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: !GetAtt Group.GroupId}}\n`;
  expect(differences(group(1), group(2))).toMatchObject([
    {
      logicalId: 'Group',
      replacement: 'False',
      details: [{ path: ['SecurityGroupIngress', 1, 'FromPort'] }],
    },
  ]);
});

test('what comes and goes', () => {
  expect(
    differences(vpc('10.0.0.0/16') + subnet, vpc('10.0.0.0/16') + subnet.replace('Subnet:', 'Other:')),
  ).toMatchObject([
    { action: 'Add', logicalId: 'Other' },
    { action: 'Remove', logicalId: 'Subnet', type: 'AWS::EC2::Subnet' },
  ]);
});

test('policies alone are no update, metadata is', () => {
  const only = (line: string) =>
    differences('  A:\n    Type: AWS::EC2::VPC\n', `  A:\n    Type: AWS::EC2::VPC\n    ${line}\n`).map(
      isUpdate,
    );
  expect(only('DeletionPolicy: Retain')).toEqual([false]);
  expect(only('Metadata: {a: b}')).toEqual([true]);
});

test('a resource whose condition cannot be told is dynamic', () => {
  const after = known(vpc('10.0.0.0/16').replace('{Type', '{Condition: Maybe, Type'));
  after.template.Parameters = { P: { Type: 'String' } };
  after.template.Conditions = { Maybe: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } };
  const { differences: found } = diffTemplates(
    { resources: new Map(), outputs: new Map() },
    after,
    dependencyGraph(after.template),
  );
  expect(found).toMatchObject([{ action: 'Dynamic', logicalId: 'Vpc' }]);
});

test('a circle is printed', () => {
  const link = (name: string, other: string) =>
    `  ${name}: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref ${other}}}\n`;
  expect(refused(link('A', 'B') + link('B', 'C') + link('C', 'A'))).toEqual([
    't.yaml:2:3: Circular dependency between resources: [A, B, C]',
    '  A → B → C → A: take one of these references out',
  ]);
});

test('properties are held against the schema, each with its place', () => {
  expect(
    refused(
      '  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      groupdescription: x\n      SecurityGroupIngress:\n        - {IpProtocol: tcp, FromPort: http, Cidr: 1}\n      Tags: [{Key: a}]\n',
    ).filter((line) => !line.startsWith('  ')),
  ).toEqual([
    't.yaml:5:7: Encountered unsupported property groupdescription in G (AWS::EC2::SecurityGroup)',
    't.yaml:7:29: Property validation failure: [Value of property {/SecurityGroupIngress/0/FromPort} does not match type {Integer}]',
    't.yaml:7:45: Encountered unsupported property Cidr in G (AWS::EC2::SecurityGroup)',
    't.yaml:8:14: Property validation failure: [The property {/Tags/0/Value} is required]',
    't.yaml:4:5: Property validation failure: [The property {/GroupDescription} is required]',
  ]);
});

test('names that lead nowhere are listed together', () => {
  expect(
    refused(
      '  A:\n    Type: AWS::EC2::VPC\n    Condition: No\n    DependsOn: X\n    Properties: {CidrBlock: !Sub "${Y}", Tags: !If [Z, [], []]}\n  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt A.Nope}}\n  C: {Type: My::Type}\n',
    ).filter((line) => !line.startsWith('  ')),
  ).toEqual([
    't.yaml:8:7: Template format error: Unrecognized resource types: [My::Type]',
    't.yaml:6:18: Template format error: Unresolved resource dependencies [Y] in the Resources block of the template',
    't.yaml:6:42: Template error: unresolved condition dependency Z in Fn::If',
    't.yaml:5:5: Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    't.yaml:4:5: Template format error: Unresolved condition dependency No in the Resources block of the template',
    't.yaml:7:44: Template error: resource A does not support attribute type Nope in Fn::GetAtt',
  ]);
});
