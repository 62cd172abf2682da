import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBench, refusal, vpc, type Bench } from './testing/bench.ts';
import { deployment } from './testing/templates.ts';

let bench: Bench;
let cfn: Bench['cfn'];
let world: Bench['world'];
let events: Bench['events'];
let status: Bench['status'];
beforeEach(async () => {
  bench = await createBench();
  ({ cfn, world, events, status } = bench);
});
afterEach(() => bench.close());

test('a failed creation is rolled back and says why; then it can only be deleted', async () => {
  await cfn.api.CreateStack(
    vpc(
      '10.0.0.0/16',
      '  Bad: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}',
    ),
  );
  expect(await cfn.settled('net')).toBe('ROLLBACK_COMPLETE');
  const happened = await events();
  expect(happened.find((event) => event.startsWith('Bad CREATE_FAILED'))).toMatch(
    /Resource handler returned message: "The CIDR '192.168.0.0\/24' is invalid.*" \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: /,
  );
  expect(happened).toContain(
    'net ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad]. Rollback requested by user.',
  );
  const { Stacks } = await cfn.api.DescribeStacks({ StackName: 'net' });
  expect(await refusal(cfn.api.UpdateStack(vpc('10.0.0.0/20')))).toBe(
    `ValidationError: Stack:${Stacks![0]!.StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
  );
  await cfn.api.DeleteStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('DELETE_COMPLETE');
});

test('an update that fails takes back what it changed and says why', async () => {
  const group = (egress: string) => `
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: ${egress}, ToPort: ${egress}, CidrIp: 0.0.0.0/0}]`;
  const bad =
    '\n  Bad: {Type: AWS::EC2::Subnet, DependsOn: Group, Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}';
  await cfn.api.CreateStack(vpc('10.0.0.0/16', group('80')));
  await cfn.settled('net');
  const before = world.census();
  await cfn.api.UpdateStack(vpc('10.0.0.0/16', group('90') + bad));
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(world.census()).toEqual(before);
  expect(await events()).toContain(
    'net UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad].',
  );
  await cfn.api.UpdateStack(vpc('10.0.0.0/16', group('91')));
  expect(await cfn.settled('net')).toBe('UPDATE_COMPLETE');
});

test('DeletionPolicy and UpdateReplacePolicy retain', async () => {
  const kept = (cidr: string) => vpc(cidr, '    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain');
  await cfn.api.CreateStack(kept('10.0.0.0/16'));
  await cfn.settled('net');
  await cfn.api.UpdateStack(kept('10.0.0.0/20'));
  expect(await cfn.settled('net')).toBe('UPDATE_COMPLETE');
  const { StackId } = (await cfn.api.DescribeStacks({ StackName: 'net' })).Stacks![0]!;
  await cfn.api.DeleteStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('DELETE_COMPLETE');
  expect((await events(StackId!)).filter((event) => event.includes('DELETE_SKIPPED'))).toEqual([
    'Vpc DELETE_SKIPPED',
    'Vpc DELETE_SKIPPED',
  ]);
  const { Vpcs } = await world.api.ec2.DescribeVpcs({});
  expect(Vpcs!.map(({ CidrBlock }) => CidrBlock).sort()).toEqual(['10.0.0.0/16', '10.0.0.0/20']);
});

test('a running creation is deleted, and what it had made with it', async () => {
  const before = world.census();
  world.knobs.rollout = () => 'IN_PROGRESS';
  await cfn.api.CreateStack({
    StackName: 'net',
    TemplateBody: deployment(),
    Capabilities: ['CAPABILITY_IAM'],
  });
  await bench.seen('WebService CREATE_IN_PROGRESS Resource creation');
  await cfn.api.DeleteStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('DELETE_COMPLETE');
  expect(world.census()).toEqual(before);
});

test('an update is cancelled and rolled back', async () => {
  const input = { StackName: 'net', Capabilities: ['CAPABILITY_IAM' as const] };
  await cfn.api.CreateStack({ ...input, TemplateBody: deployment('nginx:1', ['web']) });
  await cfn.settled('net');
  const before = world.census();
  world.knobs.rollout = (image) => (image.includes('nginx:2') ? 'IN_PROGRESS' : 'COMPLETED');
  await cfn.api.UpdateStack({ ...input, TemplateBody: deployment('nginx:2', ['web', 'api']) });
  await bench.seen('WebService UPDATE_IN_PROGRESS');
  await cfn.api.CancelUpdateStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(world.census()).toEqual(before);
});

test('what a region that stops leaves under way goes on in the next one', async () => {
  world.knobs.rollout = () => 'IN_PROGRESS';
  await cfn.api.CreateStack({
    StackName: 'net',
    TemplateBody: deployment(),
    Capabilities: ['CAPABILITY_IAM'],
  });
  await bench.seen('WebService CREATE_IN_PROGRESS Resource creation');
  await cfn.stop();
  expect(await status()).toBe('CREATE_IN_PROGRESS');
  world.knobs.rollout = () => 'COMPLETED';
  bench.cfn = cfn = await world.open();
  expect(await cfn.settled('net')).toBe('CREATE_COMPLETE');
  expect((await events()).filter((event) => event.includes('FAILED'))).toEqual([]);
});
