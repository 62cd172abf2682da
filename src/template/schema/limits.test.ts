import { expect, test } from 'vitest';
import { constrain } from './constrain.ts';
import { limits } from './limits.ts';
import { definition, resourceSchema } from './schema.ts';

test('every limit is of a property that there is', () => {
  for (const key of Object.keys(limits)) {
    const [type, ...rest] = key.split('.') as [string, ...string[]];
    const [name, nested] = [rest.at(-1)!, rest.length > 1 ? rest[0]! : undefined];
    const properties = nested === undefined ? resourceSchema(type)?.properties : definition(type, nested);
    expect(properties?.has(name), key).toBe(true);
  }
});

const says = (type: string, properties: Record<string, unknown>): unknown[] =>
  constrain(type, properties, ['Resources', 'It', 'Properties']).map((problem) => problem.says);

test('values, patterns, ranges and lengths', () => {
  expect(says('AWS::ECS::Service', { LaunchType: 'FARGAT' })).toEqual([
    'LaunchType of It is "FARGAT"; there are EC2, FARGATE, EXTERNAL',
  ]);
  expect(says('AWS::EC2::Subnet', { CidrBlock: '10.0.0.0/30' })).toEqual([
    'CidrBlock of It is "10.0.0.0/30", which is not an IPv4 CIDR block from /16 to /28',
  ]);
  expect(
    says('AWS::ECS::TaskDefinition', {
      Cpu: '.25 vCPU',
      Memory: '0.5GB',
      RequiresCompatibilities: ['FARGATE', 'EC3'],
      ContainerDefinitions: [{ Name: 'a', PortMappings: [{ ContainerPort: 70_000 }] }, { Name: 'a b' }],
    }),
  ).toEqual([
    'RequiresCompatibilities.1 of It is "EC3"; there are EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES',
    'ContainerDefinitions.0.PortMappings.0.ContainerPort of It is 70000, and must be 0 to 65535',
    'ContainerDefinitions.1.Name of It is "a b", which is not a name of up to 255 letters, digits, hyphens and underscores',
  ]);
});

test('what is not known passes, and so does what is right', () => {
  expect(says('AWS::EC2::Subnet', { CidrBlock: { 'Fn::Select': [0, { Ref: 'Blocks' }] } })).toEqual([]);
  expect(
    says('AWS::EC2::SecurityGroup', {
      GroupDescription: 'from the load balancer',
      SecurityGroupIngress: [
        { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
        { IpProtocol: 'tcp', FromPort: -1 },
      ],
    }),
  ).toEqual([]);
});

test('a misspelt value has its fix', () => {
  expect(
    constrain('AWS::ECS::Service', { LaunchType: 'fargate' }, ['Resources', 'It', 'Properties'])[0]?.changes,
  ).toEqual([{ kind: 'set', path: ['Resources', 'It', 'Properties', 'LaunchType'], value: 'FARGATE' }]);
});
