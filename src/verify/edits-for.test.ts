import { describe, expect, it } from 'vitest';
import { paths } from './checks/paths/index.ts';
import { applyEdits } from './edits.ts';
import { checkText } from './testing/check.ts';
import { fargateTask } from './testing/fragments.ts';

const network = (more: string) => `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true } }
  Gateway: { Type: AWS::EC2::InternetGateway }
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway }
  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 } }
  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24 } }
  Quiet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24 } }${more}`;
const routed = `
  Routes: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }
  InA: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref A, RouteTableId: !Ref Routes } }
  InB: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref B, RouteTableId: !Ref Routes } }`;
const group = (name: string, rules = '') => `
  ${name}:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: tasks
      VpcId: !Ref Vpc${rules}`;
const from = (other: string, port: number) =>
  `\n        - { IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, SourceSecurityGroupId: !Ref ${other} }`;
const service = (name: string, groups = '', environment = '[]') => `${fargateTask(`${name}Task`)}
          PortMappings: [{ ContainerPort: 80 }]
          Environment: ${environment}
  ${name}:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      TaskDefinition: !Ref ${name}Task
      ServiceRegistries: [{ RegistryArn: !GetAtt ${name}Name.Arn }]
      NetworkConfiguration:
        AwsvpcConfiguration:
          AssignPublicIp: ENABLED
          Subnets: [!Ref A, !Ref B]${groups}
  ${name}Name:
    Type: AWS::ServiceDiscovery::Service
    Properties:
      Name: ${name.toLowerCase()}
      NamespaceId: !Ref Zone
      DnsConfig: { DnsRecords: [{ Type: A, TTL: 10 }] }`;
const zone = `
  Zone: { Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: { Name: local, Vpc: !Ref Vpc } }`;
const inGroup = (name: string) => `\n          SecurityGroups: [!Ref ${name}]`;

function mended(text: string) {
  const { findings } = checkText(text, paths);
  const edits = findings.flatMap(({ fix }) => fix?.edits ?? []);
  expect(findings.length).toBeGreaterThan(0);
  expect(edits.length).toBeGreaterThan(0);
  expect(checkText(applyEdits(text, edits), paths).findings).toEqual([]);
  return edits;
}

describe('edits for what fails', () => {
  it('give subnets of the main table tables of their own, and no other subnet', () => {
    const edits = mended(network(zone + service('Web')));
    const added = edits.flatMap((edit) => (edit.kind === 'add-resource' ? [edit.id] : []));
    expect(added).toEqual([
      'ARouteTable',
      'ARouteTableDefaultRoute',
      'ARouteTableAssociation',
      'BRouteTable',
      'BRouteTableDefaultRoute',
      'BRouteTableAssociation',
    ]);
  });

  it('make no circle of groups that name each other', () => {
    const rules = `\n      SecurityGroupIngress:${from('ApiGroup', 8080)}`;
    const own = `\n      SecurityGroupIngress:\n        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8 }`;
    const call = `[{ Name: WEB_URL, Value: 'http://web.local:80' }]`;
    const text = network(
      `${routed}${zone}${group('WebGroup', own)}${group('ApiGroup', rules.replace('ApiGroup', 'WebGroup'))}${service('Web', inGroup('WebGroup'))}${service('Api', inGroup('ApiGroup'), call)}`,
    );
    expect(mended(text)).toMatchObject([
      {
        kind: 'add-resource',
        id: 'WebGroupFromApiGroupTcp80',
        resource: { Type: 'AWS::EC2::SecurityGroupIngress' },
      },
    ]);
  });

  it('stand in the list of a group that has one', () => {
    const own = `\n      SecurityGroupIngress:\n        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8 }`;
    const call = `[{ Name: WEB_URL, Value: 'http://web.local:80' }]`;
    const text = network(
      `${routed}${zone}${group('WebGroup', own)}${group('ApiGroup')}${service('Web', inGroup('WebGroup'))}${service('Api', inGroup('ApiGroup'), call)}`,
    );
    expect(mended(text)).toMatchObject([
      { kind: 'append', path: ['Resources', 'WebGroup', 'Properties', 'SecurityGroupIngress'] },
    ]);
  });

  it('name the default group where a service has none', () => {
    const call = `[{ Name: WEB_URL, Value: 'http://web.local:80' }]`;
    const text = network(
      `${routed}${zone}${group('ApiGroup')}${service('Web')}${service('Api', inGroup('ApiGroup'), call)}`,
    );
    expect(mended(text)).toMatchObject([
      { resource: { Properties: { GroupId: { 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] } } } },
    ]);
  });

  it('turn a route that leads to the wrong gateway', () => {
    const nat = `
  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Quiet, ConnectivityType: private } }`;
    const text = network(
      `${routed.replace('GatewayId: !Ref Gateway', 'NatGatewayId: !Ref Nat')}${nat}${zone}${service('Web')}`,
    );
    const { findings } = checkText(text, paths);
    expect(findings.map(({ id }) => id)).toEqual(['image-unreachable']);
    expect(findings[0]!.fix?.says ?? '').not.toMatch(/undefined/);
  });
});
