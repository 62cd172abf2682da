import { describe, expect, it } from 'vitest';
import { paths } from '../checks/paths/index.ts';
import { applyEdits } from '../edits.ts';
import { checkText } from '../testing/check.ts';
import { fixture } from '../testing/fixtures.ts';
import { fargateTask } from '../testing/fragments.ts';

const told = (text: string) => checkText(text, paths).findings.map(({ id, message }) => `${id}: ${message}`);

/** Two services in two private subnets with one table that leads nowhere. */
const needy = (name: string) => `${fargateTask(`${name}Task`)}
          Secrets: [{ Name: KEY, ValueFrom: !Ref Secret }]
          LogConfiguration:
            LogDriver: awslogs
            Options: { awslogs-group: all, awslogs-region: eu-west-1, awslogs-stream-prefix: ${name} }
  ${name}:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      TaskDefinition: !Ref ${name}Task
      EnableExecuteCommand: true
      NetworkConfiguration:
        AwsvpcConfiguration:
          Subnets: [!Ref A, !Ref B]
          SecurityGroups: [!Ref Group]`;
const network = (more = '') => `Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true } }
  Gateway: { Type: AWS::EC2::InternetGateway }
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway }
  Routes: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Secret: { Type: AWS::SecretsManager::Secret }
  Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: all, VpcId: !Ref Vpc } }
  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 } }
  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24 } }
  InA: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref A, RouteTableId: !Ref Routes } }
  InB: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref B, RouteTableId: !Ref Routes } }${more}`;

describe('one cause', () => {
  it('is one finding, whatever fails for it', () => {
    expect(told(network(needy('Api') + needy('Web')))).toEqual([
      'image-unreachable: Api and Web cannot pull their image nginx:1.27, read their secrets from Secrets Manager, write their log or be opened by ECS Exec: Routes, the route table of A (Api), has no route to the internet',
    ]);
  });

  it('tells from which subnet a path fails', () => {
    const half = network(needy('Api')).replace(
      'SubnetId: !Ref B, RouteTableId: !Ref Routes',
      'SubnetId: !Ref B, RouteTableId: !Ref Public',
    );
    const more = `
  Public: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }`;
    const text = `${half}${more}`.replace(
      'AwsvpcConfiguration:',
      'AwsvpcConfiguration:\n          AssignPublicIp: ENABLED',
    );
    const [first, ...others] = told(text);
    expect(first).toMatch(/^image-unreachable: Api cannot pull its image nginx:1.27 \(from A\)/);
    expect(others).toEqual([]);
    // The route that is missing is the one right answer for what has a public address.
    const fixed = applyEdits(
      text,
      checkText(text, paths).findings.flatMap(({ fix }) => fix?.edits ?? []),
    );
    expect(told(fixed)).toEqual([]);
  });

  it('is another one where something else is closed as well', () => {
    const text = fixture('target-unreachable.wrong.yaml').replace(
      'AssignPublicIp: ENABLED',
      'AssignPublicIp: DISABLED',
    );
    expect(told(text).map((line) => line.split(':')[0])).toEqual(['target-unreachable', 'image-unreachable']);
  });

  it('gives way to the NAT gateway that leads nowhere', () => {
    expect(told(fixture('nat-gateway-in-private-subnet.wrong.yaml'))).toHaveLength(1);
  });
});

describe('every fixture of a path', () => {
  it.each(paths)('$id: no other check speaks of it, and edits leave nothing behind', ({ id }) => {
    const text = fixture(`${id}.wrong.yaml`);
    const edges = [...text.matchAll(/^# edges?: (\S+) (\S+) (\d+)$/gm)].map(
      ([, from = '', to = '', port]) => ({
        from,
        to,
        port: Number(port),
      }),
    );
    const { findings, unknowns } = checkText(text, paths, { edges });
    expect([...new Set(findings.map((finding) => finding.id))]).toEqual([id]);
    expect(unknowns).toEqual([]);
    const edits = findings.flatMap(({ fix }) => fix?.edits ?? []);
    if (edits.length > 0) expect(told(applyEdits(text, edits))).toEqual([]);
    else expect(findings.every(({ fix }) => fix !== undefined && fix.says !== '')).toBe(true);
  });
});

it('tells what is not known, and guesses nothing', () => {
  const text = network(needy('Api'))
    .replace('Resources:', 'Parameters:\n  Subnets: { Type: List<AWS::EC2::Subnet::Id> }\nResources:')
    .replace('Subnets: [!Ref A, !Ref B]', 'Subnets: !Ref Subnets');
  const { findings, unknowns } = checkText(text, paths);
  expect(findings).toEqual([]);
  expect(unknowns.map(({ id, why }) => `${id}: ${why}`)).toEqual([
    'image-unreachable: Subnets is given at deployment',
  ]);
});
