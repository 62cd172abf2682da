import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isObject } from '../../template/json.ts';
import type { Template } from '../../template/model.ts';
import type { Context } from '../model.ts';
import { contextOfStacks } from '../stacks.ts';
import { examineText } from '../testing/check.ts';
import type { End } from './model.ts';
import { reach } from './reach.ts';

/*
 * What a parameter without value stands for may be any of the template's own resources, or something else: wherever a verdict is
 * given in spite of it, it is the verdict with each of these.
 */

const tagged = (Type: string, Properties: Readonly<Record<string, unknown>>) => ({ Type, Properties });
const ref = (id: string) => ({ Ref: id });

/** What differs between one network and another. */
const networks = fc.record({
  nat: fc.boolean(),
  attached: fc.boolean(),
  gatewayEndpoint: fc.boolean(),
  interfaceEndpoint: fc.boolean(),
  peered: fc.boolean(),
  ownAcl: fc.boolean(),
  publicA: fc.boolean(),
  ingress: fc.array(fc.constantFrom('GroupA', 'GroupB', 'GroupC'), { maxLength: 2 }),
  egress: fc.constantFrom(undefined, 'GroupA', 'GroupB'),
  apart: fc.constantFrom(undefined, 'GroupA', 'GroupB'),
  otherVpc: fc.boolean(),
});
type Network = typeof networks extends fc.Arbitrary<infer T> ? T : never;

function templateOf(network: Network): Template {
  const other = network.otherVpc ? 'VpcB' : 'VpcA';
  const rule = (side: string, group: string) => ({
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 80,
    [`${side}SecurityGroupId`]: ref(group),
  });
  const group = (vpc: string, more: Readonly<Record<string, unknown>> = {}) =>
    tagged('AWS::EC2::SecurityGroup', { GroupDescription: 'x', VpcId: ref(vpc), ...more });
  const subnet = (vpc: string, CidrBlock: string) =>
    tagged('AWS::EC2::Subnet', { VpcId: ref(vpc), CidrBlock });
  const associated = (SubnetId: string, RouteTableId: string) =>
    tagged('AWS::EC2::SubnetRouteTableAssociation', {
      SubnetId: ref(SubnetId),
      RouteTableId: ref(RouteTableId),
    });
  const route = (table: string, destination: string, target: Readonly<Record<string, unknown>>) =>
    tagged('AWS::EC2::Route', { RouteTableId: ref(table), DestinationCidrBlock: destination, ...target });
  const service = (Subnet: string, Group: string, AssignPublicIp: string) =>
    tagged('AWS::ECS::Service', {
      TaskDefinition: 'x',
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: [ref(Subnet)], SecurityGroups: [ref(Group)], AssignPublicIp },
      },
    });
  const entry = (Egress: boolean) =>
    tagged('AWS::EC2::NetworkAclEntry', {
      NetworkAclId: ref('Acl'),
      RuleNumber: 100,
      Protocol: -1,
      Egress,
      RuleAction: 'allow',
      CidrBlock: '0.0.0.0/0',
    });
  const endpoint = (kind: string, service: string, more: Readonly<Record<string, unknown>>) =>
    tagged('AWS::EC2::VPCEndpoint', {
      VpcId: ref('VpcA'),
      VpcEndpointType: kind,
      ServiceName: `com.amazonaws.eu-west-1.${service}`,
      ...more,
    });
  const dns = { EnableDnsSupport: true, EnableDnsHostnames: true };
  return {
    Resources: {
      VpcA: tagged('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', ...dns }),
      VpcB: tagged('AWS::EC2::VPC', { CidrBlock: '10.1.0.0/16', ...dns }),
      SubnetA: subnet('VpcA', '10.0.1.0/24'),
      SubnetB: subnet(other, network.otherVpc ? '10.1.2.0/24' : '10.0.2.0/24'),
      TableA: tagged('AWS::EC2::RouteTable', { VpcId: ref('VpcA') }),
      TableB: tagged('AWS::EC2::RouteTable', { VpcId: ref(other) }),
      AssociationA: associated('SubnetA', 'TableA'),
      AssociationB: associated('SubnetB', 'TableB'),
      Internet: tagged('AWS::EC2::InternetGateway', {}),
      ...(network.attached
        ? {
            Attached: tagged('AWS::EC2::VPCGatewayAttachment', {
              VpcId: ref('VpcA'),
              InternetGatewayId: ref('Internet'),
            }),
          }
        : {}),
      OutA: route('TableA', '0.0.0.0/0', { GatewayId: ref('Internet') }),
      ...(network.nat
        ? {
            Nat: tagged('AWS::EC2::NatGateway', { SubnetId: ref('SubnetA') }),
            OutB: route('TableB', '0.0.0.0/0', { NatGatewayId: ref('Nat') }),
          }
        : {}),
      ...(network.peered
        ? {
            Peering: tagged('AWS::EC2::VPCPeeringConnection', { VpcId: ref('VpcA'), PeerVpcId: ref('VpcB') }),
            ToB: route('TableA', '10.1.0.0/16', { VpcPeeringConnectionId: ref('Peering') }),
            ToA: route('TableB', '10.0.0.0/16', { VpcPeeringConnectionId: ref('Peering') }),
          }
        : {}),
      ...(network.gatewayEndpoint
        ? { S3: endpoint('Gateway', 's3', { RouteTableIds: [ref(network.otherVpc ? 'TableA' : 'TableB')] }) }
        : {}),
      ...(network.interfaceEndpoint
        ? {
            Logs: endpoint('Interface', 'logs', {
              SubnetIds: [ref('SubnetA')],
              SecurityGroupIds: [ref('GroupC')],
              PrivateDnsEnabled: true,
            }),
          }
        : {}),
      ...(network.ownAcl
        ? {
            Acl: tagged('AWS::EC2::NetworkAcl', { VpcId: ref(other) }),
            AclIn: entry(false),
            AclOut: entry(true),
            AclB: tagged('AWS::EC2::SubnetNetworkAclAssociation', {
              SubnetId: ref('SubnetB'),
              NetworkAclId: ref('Acl'),
            }),
          }
        : {}),
      GroupA: group(
        'VpcA',
        network.egress ? { SecurityGroupEgress: [rule('Destination', network.egress)] } : {},
      ),
      GroupB: group(other, { SecurityGroupIngress: network.ingress.map((one) => rule('Source', one)) }),
      GroupC: group('VpcA', {
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' }],
      }),
      ...(network.apart
        ? {
            Apart: tagged('AWS::EC2::SecurityGroupIngress', {
              GroupId: ref('GroupB'),
              IpProtocol: 'tcp',
              FromPort: 80,
              ToPort: 80,
              SourceSecurityGroupId: ref(network.apart),
            }),
          }
        : {}),
      ServiceA: service('SubnetA', 'GroupA', network.publicA ? 'ENABLED' : 'DISABLED'),
      ServiceB: service('SubnetB', 'GroupB', 'DISABLED'),
    },
  };
}

/** The kinds of what parameters usually give. */
const GIVEN = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::RouteTable',
  'AWS::EC2::VPC',
  'AWS::EC2::NetworkAcl',
]);

interface Mention {
  readonly path: readonly string[];
  readonly id: string;
}
function mentionsIn(value: unknown, path: readonly string[], { Resources }: Template): Mention[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => mentionsIn(item, [...path, String(index)], { Resources }));
  if (!isObject(value)) return [];
  const id = value['Ref'];
  if (typeof id === 'string') return GIVEN.has(Resources[id]?.Type ?? '') ? [{ path, id }] : [];
  return Object.entries(value).flatMap(([key, member]) => mentionsIn(member, [...path, key], { Resources }));
}

/** The template with another value at a path. */
function replaced(template: Template, path: readonly string[], value: unknown): Template {
  const copy = structuredClone(template);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = (at as Record<string, unknown>)[key];
  (at as Record<string, unknown>)[path.at(-1)!] = value;
  return copy;
}

const contextOf = (template: Template): Context => contextOfStacks([examineText(JSON.stringify(template))]);

/** A subnet has one route table and one network ACL, and what belongs together is of one VPC: AWS makes nothing else. */
function isPossible(template: Template): boolean {
  const { Resources } = template;
  const uses = Object.values(Resources)
    .filter(({ Type }) => Type.endsWith('Association'))
    .map(({ Type, Properties }) => `${Type} ${JSON.stringify(Properties?.['SubnetId'])}`);
  if (new Set(uses).size < uses.length) return false;
  const vpcOf = (id: string): unknown => {
    const own = Resources[id]?.Properties?.['VpcId'];
    return Resources[id]?.Type === 'AWS::EC2::VPC' ? id : isObject(own) ? own['Ref'] : undefined;
  };
  return Object.values(Resources)
    .filter(({ Type }) => /Association$|::Service$|::VPCEndpoint$/.test(Type))
    .every(({ Properties }) => {
      const vpcs = mentionsIn(Properties, [], template).map(({ id }) => vpcOf(id));
      return new Set(vpcs).size === 1;
    });
}

/** Whether each of some paths holds. */
function verdicts(template: Template): Readonly<Record<string, string>> {
  const { graph, parties } = contextOf(template);
  const place = (id: string): End[] =>
    (parties.get(id)?.placements ?? []).map((placement) => ({ kind: 'placement', placement }));
  const [a, b] = [place('ServiceA'), place('ServiceB')];
  const service = (name: string): End[] => [{ kind: 'aws-service', service: name }];
  const asked: Readonly<Record<string, readonly [End[], End[], number]>> = {
    'a to b': [a, b, 80],
    'b to a': [b, a, 80],
    'a out': [a, [{ kind: 'internet' }], 443],
    'b out': [b, [{ kind: 'internet' }], 443],
    'in to a': [[{ kind: 'internet' }], a, 80],
    'b to s3': [b, service('s3'), 443],
    'b to logs': [b, service('logs'), 443],
  };
  return Object.fromEntries(
    Object.entries(asked).map(([name, [[from], [to], port]]) => [
      name,
      from && to ? reach(graph, { from, to, protocol: 'tcp', port }).verdict : 'cannot-tell',
    ]),
  );
}

it('says of what a parameter gives only what is so whatever it gives', () => {
  const counted = { open: 0, told: 0 };
  fc.assert(
    fc.property(networks, (network) => {
      const template = templateOf(network);
      for (const { path, id } of mentionsIn(template.Resources, ['Resources'], template)) {
        const type = template.Resources[id]!.Type;
        const without = verdicts({
          ...replaced(template, path, ref('Given')),
          Parameters: { Given: { Type: 'String' } },
        });
        const values = Object.keys(template.Resources).filter(
          (one) => template.Resources[one]!.Type === type,
        );
        for (const value of values) {
          const written = replaced(template, path, ref(value));
          if (!isPossible(written)) continue;
          const given = verdicts(written);
          for (const [name, verdict] of Object.entries(without)) {
            counted[verdict === 'cannot-tell' ? 'open' : 'told']++;
            if (verdict === 'cannot-tell') continue;
            if (given[name] !== verdict)
              expect({ path, value, name, verdict: given[name] }).toEqual({ path, value, name, verdict });
          }
        }
      }
    }),
    { numRuns: 8, seed: 5 },
  );
  expect(Math.min(counted.open, counted.told)).toBeGreaterThan(200);
});

it('says what is given and not known', () => {
  const network: Network = {
    nat: false,
    attached: true,
    gatewayEndpoint: false,
    interfaceEndpoint: false,
    peered: false,
    ownAcl: false,
    publicA: false,
    ingress: ['GroupA'],
    egress: undefined,
    apart: undefined,
    otherVpc: false,
  };
  const given = (...path: string[]): string[] => {
    const { graph, parties } = contextOf({
      ...replaced(templateOf(network), ['Resources', ...path], ref('Given')),
      Parameters: { Given: { Type: 'String' } },
    });
    const [from, to] = ['ServiceA', 'ServiceB'].map((id): End => {
      return { kind: 'placement', placement: parties.get(id)!.placements[0]! };
    });
    const { hops } = reach(graph, { from: from!, to: to!, protocol: 'tcp', port: 80 });
    return hops.filter(({ passes }) => passes !== 'yes').map(({ passes, says }) => `${passes}: ${says}`);
  };
  const service = ['Properties', 'NetworkConfiguration', 'AwsvpcConfiguration'];
  expect({
    'the group of the caller': given('ServiceA', ...service, 'SecurityGroups', '0'),
    'the group that a rule names': given(
      'GroupB',
      'Properties',
      'SecurityGroupIngress',
      '0',
      'SourceSecurityGroupId',
    ),
    'a subnet': given('ServiceB', ...service, 'Subnets', '0'),
    'the VPC of a subnet': given('SubnetB', 'Properties', 'VpcId'),
  }).toMatchInlineSnapshot(`
    {
      "a subnet": [
        "unknown: the subnet of ServiceB is not known: Given is given at deployment",
      ],
      "the VPC of a subnet": [
        "unknown: the VPC of SubnetB is not known here: Given is given at deployment",
      ],
      "the group of the caller": [
        "unknown: the outbound rules of Given are not known here",
        "unknown: a rule of GroupB may let tcp 80 from ServiceA: Given is given at deployment",
      ],
      "the group that a rule names": [
        "unknown: a rule of GroupB may let tcp 80 from ServiceA: Given is given at deployment",
      ],
    }
  `);
});
