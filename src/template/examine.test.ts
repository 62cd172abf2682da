import { expect, test } from 'vitest';
import { pseudoParameters } from './scope.ts';
import { readTemplate } from './read.ts';
import { examineStacks } from './stacks/examine-stacks.ts';
import type { ExaminedStack } from './stacks/model.ts';

const pseudo = pseudoParameters({
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
});
function examined(text: string, supplied: Record<string, string> = {}): ExaminedStack {
  return examineStacks([
    { name: 's', template: readTemplate(text, 't.yaml', supplied), supplied, pseudo },
  ])[0]!;
}
const said = ({ problems }: ExaminedStack): string[] =>
  problems.map(({ code, position, says, message }) => `${position?.line} ${code} ${says ?? message}`);
const properties = (stack: ExaminedStack, id: string) => stack.evaluated.resources.get(id)?.properties;

test('every mistake is said, and the rest is evaluated all the same', () => {
  const stack = examined(`
Resourcess: {}
Parameters:
  Size: {Type: Number, Default: many}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSuport: true}}
  Nothing: 3
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vcp
      CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
      Tags: [{Key: a, Value: !Sub 'x-\${AWS::Region}'}]
`);
  expect(said(stack)).toEqual([
    '2 property-unknown a template has no section Resourcess; the nearest is Resources',
    '7 property-value Template format error: Any Resources member must be an object.',
    "4 property-value Parameter 'Size' must be a number.",
    '11 reference-undefined the template has no parameter or resource Vcp; the nearest is Vpc',
    '6 property-unknown Vpc (AWS::EC2::VPC) has no property EnableDnsSuport; the nearest is EnableDnsSupport',
  ]);
  expect(properties(stack, 'Subnet')).toEqual({
    VpcId: { Ref: 'Vcp' },
    CidrBlock: '10.0.1.0/24',
    Tags: [{ Key: 'a', Value: 'x-eu-west-1' }],
  });
});

test('loops are written out, and what they make keeps its place', () => {
  const stack = examined(`
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'web,api'}
Resources:
  Fn::ForEach::Groups:
    - Name
    - !Ref Names
    - Group\${Name}:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: !Sub 'of \${Name}'
          GroupNam: !Ref Name
          Fn::ForEach::Lists:
            - List
            - [SecurityGroupIngress]
            - \${List}: [{IpProtocol: tcp, CidrIp: 10.0.0.0/8}]
`);
  expect([...stack.evaluated.resources.keys()]).toEqual(['Groupweb', 'Groupapi']);
  expect(properties(stack, 'Groupapi')).toMatchObject({
    GroupDescription: 'of api',
    SecurityGroupIngress: [{ IpProtocol: 'tcp', CidrIp: '10.0.0.0/8' }],
  });
  expect(said(stack)).toEqual([
    '13 property-unknown Groupweb (AWS::EC2::SecurityGroup) has no property GroupNam; the nearest is GroupName',
    '13 property-unknown Groupapi (AWS::EC2::SecurityGroup) has no property GroupNam; the nearest is GroupName',
  ]);
  expect(stack.sourceOf(['Resources', 'Groupapi', 'Properties', 'SecurityGroupIngress', 0])).toEqual([
    'Resources',
    'Fn::ForEach::Groups',
    2,
    'Group${Name}',
    'Properties',
    'Fn::ForEach::Lists',
    2,
    '${List}',
    0,
  ]);
});

test('a loop over what is not known is not guessed, and one without its transform is said', () => {
  const loop =
    "Resources: {'Fn::ForEach::A': [X, !Ref P, {'V${X}': {Type: AWS::EC2::VPC}}], B: {Type: AWS::EC2::VPC}}";
  const open = examined(
    `Transform: AWS::LanguageExtensions\nParameters: {P: {Type: CommaDelimitedList}}\n${loop}`,
  );
  expect(open.unanswered.map(({ why }) => why)).toContain(
    'what Fn::ForEach::A goes over is known at deployment',
  );
  expect(said(examined(loop))).toEqual([
    '1 property-required Template error: Fn::ForEach needs the transform AWS::LanguageExtensions',
  ]);
});

test('values of the Parameter Store stay unknown, and their types are checked', () => {
  const stack = examined(`
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}
  Secure: {Type: 'AWS::SSM::Parameter::Value<SecureString>', Default: /x}
Resources:
  Instance: {Type: AWS::EC2::Instance, Properties: {ImageId: !Ref Image}}
`);
  expect(properties(stack, 'Instance')).toEqual({ ImageId: { Ref: 'Image' } });
  expect(said(stack)).toEqual([
    '4 property-value Template format error: Unrecognized parameter type: AWS::SSM::Parameter::Value<SecureString>',
  ]);
});

test('rules hold the values that somebody chose', () => {
  const text = `
Parameters: {Environment: {Type: String, Default: test}, Size: {Type: String, Default: large}}
Rules:
  Small:
    RuleCondition: !Equals [!Ref Environment, test]
    Assertions:
      - {Assert: !Contains [[small, medium], !Ref Size], AssertDescription: test is small}
Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}
`;
  expect(said(examined(text))).toEqual([]);
  expect(examined(text).unanswered).toHaveLength(1);
  expect(said(examined(text, { Size: 'huge' }))).toEqual([
    '7 property-value the values of the parameters do not meet the rule Small: test is small',
  ]);
  expect(said(examined(text, { Size: 'small' }))).toEqual([]);
  expect(said(examined(text, { Environment: 'production', Size: 'huge' }))).toEqual([]);
});

test('dynamic references are symbolic, and have a shape', () => {
  const stack = examined(`
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Port: '{{resolve:ssm:/db/port:3}}'
      MasterUserPassword: !Sub '{{resolve:secretsmanager:\${Secret}:SecretString:password}}'
      MasterUsername: '{{resolve:ssm:a b}}'
      DBName: x-{{resolve:secretsmanager:a:SecretBinary}}
  Secret: {Type: AWS::SecretsManager::Secret}
`);
  expect(properties(stack, 'Db')).toMatchObject({
    Port: { 'Fn::Resolve': '{{resolve:ssm:/db/port:3}}' },
    DBName: { 'Fn::Join': ['', ['x-', { 'Fn::Resolve': '{{resolve:secretsmanager:a:SecretBinary}}' }]] },
  });
  expect(said(stack).map((line) => line.slice(0, 60))).toEqual([
    '8 property-value the dynamic reference {{resolve:ssm:a b}} i',
    '9 property-value the dynamic reference {{resolve:secretsmana',
  ]);
});

test('what stands in the branch of a condition has its place', () => {
  const stack = examined(`
Conditions: {Yes: !Equals [a, a], No: !Equals [a, b]}
Resources:
  Service:
    Type: AWS::ECS::Service
    Properties:
      LoadBalancers:
        - !If [No, {ContainerName: x}, !Ref AWS::NoValue]
        - !If
          - Yes
          - ContainerName: web
            ContainerPort: many
          - !Ref AWS::NoValue
`);
  expect(said(stack)).toEqual([
    '12 property-value LoadBalancers.0.ContainerPort of Service is "many", and a whole number is wanted',
  ]);
  expect(
    stack.positionOf(['Resources', 'Service', 'Properties', 'LoadBalancers', 0, 'ContainerName'])?.line,
  ).toBe(11);
});

test('a circle is told whole', () => {
  const link = (id: string, other: string) =>
    `  ${id}: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref ${other}}}\n`;
  const stack = examined(
    `Resources:\n${link('Outside', 'A')}${link('A', 'B')}${link('B', 'C')}${link('C', 'A')}`,
  );
  expect(said(stack)).toEqual(['3 dependency-cycle these resources wait for each other: A → B → C → A']);
});
