import { expect, test } from 'vitest';
import { pseudoParameters } from '../scope.ts';
import { readTemplate } from '../read.ts';
import { examineStacks } from '../stacks/examine-stacks.ts';
import { compareStacks } from './compare.ts';

const pseudo = pseudoParameters({
  accountId: '1',
  region: 'r',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
});
const stack = (text: string) =>
  examineStacks([{ name: 's', template: readTemplate(`Resources:\n${text}`, 't.yaml'), pseudo }])[0]!;
const compare = (before: string, after: string) => compareStacks(stack(before), stack(after)).resources;
const brief = (before: string, after: string) =>
  compare(before, after).map(({ kind, id, properties }) => [
    kind,
    id,
    ...properties.map(({ label, effect, because }) => `${label} ${effect}${because ? ` ${because}` : ''}`),
  ]);

const task = (containers: string, more = '') =>
  `  Task: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [${containers}]${more}}}\n`;

test('values written differently, and lists whose order means nothing, are no change', () => {
  expect(
    brief(
      task("{Name: a, Memory: 128, Environment: [{Name: X, Value: '1'}, {Name: Y, Value: '2'}]}"),
      task("{Name: a, Memory: '128', Environment: [{Name: Y, Value: 2}, {Name: X, Value: !Sub '1'}]}"),
    ),
  ).toEqual([]);
});

test('what changes is told by its name', () => {
  expect(
    brief(
      task('{Name: a, Image: x}, {Name: b, Image: y, Environment: [{Name: X, Value: 1}]}'),
      task('{Name: b, Image: z, Environment: [{Name: X, Value: 2}]}, {Name: a, Image: x}, {Name: c}'),
    ),
  ).toEqual([
    [
      'replaced',
      'Task',
      'ContainerDefinitions[b].Image replaces',
      'ContainerDefinitions[b].Environment[X].Value replaces',
      'ContainerDefinitions[c] replaces',
    ],
  ]);
});

test('a replacement moves on to what refers to it, and no further than it has to', () => {
  const rest =
    '  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n' +
    '  Service: {Type: AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref Subnet]}}}}\n' +
    '  Cluster: {Type: AWS::ECS::Cluster}\n';
  const vpc = (cidr: string) => `  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: ${cidr}}}\n`;
  expect(brief(vpc('10.0.0.0/16') + rest, rest + vpc('10.0.0.0/20'))).toEqual([
    ['replaced', 'Vpc', 'CidrBlock replaces'],
    ['replaced', 'Subnet', 'VpcId replaces Vpc'],
    ['changed', 'Service', 'NetworkConfiguration none Subnet'],
  ]);
});

test('whose data goes', () => {
  const fates = (before: string, after: string) =>
    compare(before, after).map(({ id, kind, data }) => [id, kind, data?.fate]);
  const files = (encrypted: boolean, policy = '') =>
    `  Files: {Type: AWS::EFS::FileSystem${policy}, Properties: {Encrypted: ${encrypted}}}\n`;
  const db = "  Db: {Type: AWS::RDS::DBInstance, Properties: {AllocatedStorage: '20'}}\n";
  expect(fates(files(true), files(false))).toEqual([['Files', 'replaced', 'lost']]);
  expect(fates(files(true), files(false, ', UpdateReplacePolicy: Retain'))).toEqual([
    ['Files', 'replaced', 'kept'],
  ]);
  // The policy for removal is no policy for replacement.
  expect(fates(files(true), files(false, ', DeletionPolicy: Retain'))).toEqual([
    ['Files', 'replaced', 'lost'],
  ]);
  expect(fates(files(true, ', DeletionPolicy: Retain') + db, '  A: {Type: AWS::ECS::Cluster}\n')).toEqual([
    ['A', 'added', undefined],
    ['Files', 'removed', 'kept'],
    ['Db', 'removed', 'snapshot'],
  ]);
});

test('names of their own, and ids that changed alone', () => {
  const targets = (type: string, name: string) =>
    `  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: ${name}, TargetType: ${type}}}\n`;
  expect(compare(targets('ip', 'web'), targets('instance', 'web'))[0]!.name).toEqual({
    property: 'Name',
    value: 'web',
  });
  expect(compare(targets('ip', 'web'), targets('instance', 'other'))[0]!.name).toBeUndefined();
  const bucket = (id: string) => `  ${id}: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}\n`;
  expect(compare(bucket('A'), bucket('B'))).toMatchObject([
    { id: 'B', kind: 'added', renamedFrom: 'A' },
    { id: 'A', kind: 'removed', data: { fate: 'lost' } },
  ]);
});
