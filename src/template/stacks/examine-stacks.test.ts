import { expect, test } from 'vitest';
import { readAssembly, templatesBeside } from '../assembly.ts';
import { pseudoParameters } from '../scope.ts';
import { readTemplate } from '../read.ts';
import { examineStacks } from './examine-stacks.ts';

const pseudo = pseudoParameters({
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
});
const source = (name: string, text: string) => ({
  name,
  template: readTemplate(text, `${name}.yaml`),
  pseudo,
});

const network = `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: a, VpcId: !Ref Vpc}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: shared-vpc}}
  Group: {Value: !GetAtt Group.GroupId, Export: {Name: !Sub 'shared-\${AWS::Region}'}}
`;
const web = `
Parameters: {Vpc: {Type: String}}
Resources:
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !ImportValue shared-vpc, CidrBlock: 10.0.0.0/24}}
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: b
      SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !ImportValue shared-eu-west-1}]
  Missing: {Type: AWS::EC2::Subnet, Properties: {VpcId: !ImportValue nobody}}
`;

test('what one stack exports is known to the others, in either order', () => {
  for (const sources of [
    [source('network', network), source('web', web)],
    [source('web', web), source('network', network)],
  ]) {
    const stack = examineStacks(sources).find(({ name }) => name === 'web')!;
    const properties = (id: string) => stack.evaluated.resources.get(id)!.properties;
    // Both stacks have a Vpc, of which one is a parameter, and a Group.
    expect(properties('Subnet')['VpcId']).toEqual({ Ref: 'network/Vpc' });
    expect(properties('Other')['VpcId']).toEqual({ Ref: 'web/Vpc' });
    expect(properties('Group')['SecurityGroupIngress']).toEqual([
      { IpProtocol: 'tcp', SourceSecurityGroupId: { 'Fn::GetAtt': ['network/Group', 'GroupId'] } },
    ]);
    expect(properties('Missing')['VpcId']).toEqual({ 'Fn::ImportValue': 'nobody' });
    expect([stack.nameOf('Group'), stack.nameOf('Subnet')]).toEqual(['web/Group', 'Subnet']);
  }
});

const files: Record<string, string> = {
  'infra/network.yaml': network.replace('Outputs:', 'Outputs:\n  Ids: {Value: !Join [",", [!Ref Vpc, x]]}'),
  'infra/web.yaml': `
Parameters: {VpcId: {Type: String}, Ids: {Type: 'List<String>'}, Names: {Type: CommaDelimitedList}, Size: {Type: Number}}
Resources:
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VpcId, CidrBlock: !Select [1, !Ref Names]}}
`,
};
const parent = `
Resources:
  Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml}}
  Web:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./web.yaml
      Parameters:
        VpcId: !GetAtt Network.Outputs.Vpc
        Names: !GetAtt Network.Outputs.Ids
        Nmaes: x
  Remote:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://s3.amazonaws.com/x/y.yaml', Parameters: {A: !GetAtt Network.Outputs.Nothing}}
Outputs: {Far: {Value: !GetAtt Remote.Outputs.Anything}}
`;

test('nested stacks are examined with what their parents give them', () => {
  const template = readTemplate(parent, 'infra/main.yaml');
  const stacks = examineStacks([{ name: 'main', template, pseudo }], {
    readTemplate: templatesBeside((path) => files[path.replace('/./', '/')]),
  });
  expect(stacks.map(({ name }) => name)).toEqual(['main', 'main/Network', 'main/Web']);
  expect(stacks[2]!.evaluated.resources.get('Subnet')!.properties).toEqual({
    VpcId: { Ref: 'Vpc' },
    CidrBlock: 'x',
  });
  expect(stacks[2]!.parent).toEqual({ stack: 'main', id: 'Web' });
  expect(stacks[0]!.problems.map(({ says }) => says)).toEqual([
    'the template of Network has no output Nothing',
    'the template of Web has no parameter Nmaes',
    'the template of Web needs a value for its parameter Ids',
    'the template of Web needs a value for its parameter Size',
  ]);
  expect(stacks[0]!.evaluated.outputs.get('Far')!.value).toEqual({
    'Fn::GetAtt': ['Remote', 'Outputs.Anything'],
  });
});

test('a template that nests itself comes to an end', () => {
  const text = 'Resources: {Self: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: self.yaml}}}';
  const stacks = examineStacks([{ name: 'a', template: readTemplate(text, 'self.yaml'), pseudo }], {
    readTemplate: () => readTemplate(text, 'self.yaml'),
  });
  expect(stacks.length).toBeLessThan(12);
});

const assembly: Record<string, string> = {
  'cdk.out/manifest.json': JSON.stringify({
    version: '50.0.0',
    artifacts: {
      Web: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://123456789012/eu-central-1',
        properties: { templateFile: 'Web.template.json', stackName: 'shop-web' },
        dependencies: ['Network', 'Web.assets'],
      },
      'Web.assets': { type: 'cdk:asset-manifest', properties: { file: 'Web.assets.json' } },
      Network: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/unknown-region',
        properties: { templateFile: 'Network.template.json' },
      },
      'assembly-Prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Prod' } },
    },
  }),
  'cdk.out/Network.template.json': '{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}',
  'cdk.out/Web.template.json': JSON.stringify({
    Resources: {
      Nested: {
        Type: 'AWS::CloudFormation::Stack',
        Metadata: { 'aws:asset:path': 'Nested.nested.template.json', 'aws:asset:property': 'TemplateURL' },
        Properties: { TemplateURL: { 'Fn::Sub': 'https://s3.${AWS::Region}.${AWS::URLSuffix}/x.json' } },
      },
    },
  }),
  'cdk.out/Nested.nested.template.json': '{"Resources": {"Inner": {"Type": "AWS::EC2::VPC"}}}',
  'cdk.out/Web.assets.json': JSON.stringify({
    files: { aa: { source: { path: 'asset.aa' } } },
    dockerImages: { bb: { source: { directory: 'asset.bb' } } },
  }),
  'cdk.out/assembly-Prod/manifest.json': JSON.stringify({
    artifacts: { Prod: { type: 'aws:cloudformation:stack', properties: { templateFile: 'P.json' } } },
  }),
  'cdk.out/assembly-Prod/P.json': '{"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster"}}}',
};

test('an assembly of the CDK: stacks in order, stages, assets, nested templates', () => {
  const read = (path: string) => assembly[path];
  const sources = readAssembly(read, 'cdk.out/');
  expect(sources.map(({ name, region, assets }) => [name, region, assets])).toEqual([
    ['Network', undefined, []],
    [
      'shop-web',
      'eu-central-1',
      [
        { kind: 'file', hash: 'aa', path: 'cdk.out/asset.aa' },
        { kind: 'image', hash: 'bb', path: 'cdk.out/asset.bb' },
      ],
    ],
    ['Prod', undefined, []],
  ]);
  expect(sources[0]!.pseudo).not.toHaveProperty('AWS::Region');
  const stacks = examineStacks(sources, { readTemplate: templatesBeside(read) });
  expect(stacks.map(({ name }) => name)).toEqual(['Network', 'shop-web', 'shop-web/Nested', 'Prod']);
  expect(() => readAssembly(() => undefined, 'x')).toThrow('x/manifest.json is not there');
});
