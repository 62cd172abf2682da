import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBench, refusal, type Bench } from './testing/bench.ts';

let bench: Bench;
let cfn: Bench['cfn'];
let world: Bench['world'];
beforeEach(async () => {
  bench = await createBench();
  ({ cfn, world } = bench);
  await world.api.s3.CreateBucket({
    Bucket: 'templates',
    CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
  });
});
afterEach(() => bench.close());

const url = 'https://templates.s3.eu-central-1.amazonaws.com/child.yaml';
const put = (body: string) =>
  world.api.s3.PutObject({ Bucket: 'templates', Key: 'child.yaml', Body: Buffer.from(body) });
const child = (days: number, more = '') => `
Parameters: {Cidr: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: ${days}}}
${more}
Outputs: {VpcId: {Value: !Ref Vpc}}`;
const parent = (cidr = '10.0.0.0/16', more = '') => ({
  StackName: 'net',
  TemplateBody: `
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: '${url}', Parameters: {Cidr: ${cidr}}, Tags: [{Key: team, Value: a}]}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: g, VpcId: !GetAtt Child.Outputs.VpcId}
${more}`,
});
async function nested() {
  const { StackResources } = await cfn.api.DescribeStackResources({ StackName: 'net' });
  const id = StackResources!.find((resource) => resource.LogicalResourceId === 'Child')!.PhysicalResourceId!;
  const { Stacks } = await cfn.api.DescribeStacks({ StackName: id });
  return Stacks![0]!;
}
async function retention(): Promise<(number | undefined)[]> {
  const { logGroups } = await world.api.logs.DescribeLogGroups({});
  return logGroups!.map(({ retentionInDays }) => retentionInDays);
}
async function prepared(): Promise<ReturnType<typeof world.census>> {
  await put(child(7));
  await cfn.api.CreateStack(parent());
  expect(await cfn.settled('net')).toBe('CREATE_COMPLETE');
  return world.census();
}

test('a child is made, hands its outputs up, and goes with its parent', async () => {
  const empty = world.census();
  await put(child(7));
  await cfn.api.CreateStack(parent());
  expect(await cfn.settled('net')).toBe('CREATE_COMPLETE');
  const made = await nested();
  const { Stacks } = await cfn.api.DescribeStacks({ StackName: 'net' });
  expect(made).toMatchObject({
    StackName: expect.stringMatching(/^net-Child-[A-Z0-9]{12}$/),
    StackStatus: 'CREATE_COMPLETE',
    ParentId: Stacks![0]!.StackId,
    RootId: Stacks![0]!.StackId,
    Tags: [{ Key: 'team', Value: 'a' }],
    Parameters: [{ ParameterKey: 'Cidr', ParameterValue: '10.0.0.0/16' }],
  });
  expect(await bench.events()).toContain('Child CREATE_IN_PROGRESS Resource creation Initiated');
  await cfn.api.DeleteStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('DELETE_COMPLETE');
  expect((await cfn.api.DescribeStacks({ StackName: made.StackId })).Stacks![0]!.StackStatus).toBe(
    'DELETE_COMPLETE',
  );
  const after = world.census();
  delete after['s3/objects'];
  expect(Object.keys(after).filter((name) => !name.startsWith('s3/'))).toEqual(
    Object.keys(empty).filter((name) => !name.startsWith('s3/')),
  );
});

test('a child that fails names the cause in its parent, which is rolled back', async () => {
  await put(
    child(7, '  Bad: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}'),
  );
  await cfn.api.CreateStack(parent());
  expect(await cfn.settled('net')).toBe('ROLLBACK_COMPLETE');
  expect((await bench.events()).find((event) => event.startsWith('Child CREATE_FAILED'))).toMatch(
    /^Child CREATE_FAILED Embedded stack arn:aws:cloudformation:eu-central-1:123456789012:stack\/net-Child-\w+\/[-0-9a-f]+ was not successfully created: The following resource\(s\) failed to create: \[Bad\]\.$/,
  );
  expect((await world.api.ec2.DescribeVpcs({})).Vpcs).toEqual([]);
});

test('an update of the parent looks at each child, whose new template it takes up', async () => {
  await prepared();
  await put(child(14));
  await cfn.api.UpdateStack(parent());
  expect(await cfn.settled('net')).toBe('UPDATE_COMPLETE');
  expect(await retention()).toEqual([14]);
  expect((await nested()).StackStatus).toBe('UPDATE_COMPLETE');
  // A child without changes stays as it is.
  await cfn.api.UpdateStack(parent());
  expect(await cfn.settled('net')).toBe('UPDATE_COMPLETE');
  const { Changes } = await cfn.api
    .CreateChangeSet({ ...parent(), ChangeSetName: 'again' })
    .then(({ Id }) => cfn.api.DescribeChangeSet({ ChangeSetName: Id }));
  expect(Changes!.map(({ ResourceChange }) => ResourceChange)).toMatchObject([
    {
      LogicalResourceId: 'Child',
      Action: 'Modify',
      Details: [{ ChangeSource: 'Automatic', Evaluation: 'Dynamic' }],
    },
  ]);
});

test('a child that was updated goes back when its parent fails later', async () => {
  const before = await prepared();
  await put(child(14));
  await cfn.api.UpdateStack(
    parent(
      '10.1.0.0/16',
      '  Bad: {Type: AWS::EC2::Subnet, DependsOn: Group, Properties: {VpcId: !GetAtt Child.Outputs.VpcId, CidrBlock: 192.168.0.0/24}}',
    ),
  );
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await nested()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  await put(child(7));
  expect(world.census()).toEqual(before);
  const { StackId } = await nested();
  expect((await bench.events(StackId)).filter((event) => event.startsWith('net-Child'))).toEqual(
    [
      'CREATE_IN_PROGRESS User Initiated',
      'CREATE_COMPLETE',
      'UPDATE_IN_PROGRESS User Initiated',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ].map((event) => expect.stringMatching(new RegExp(`^net-Child-\\w+ ${event}$`))),
  );
});

test('a child whose update fails takes its parent back with it', async () => {
  const before = await prepared();
  await put(
    child(14, '  Bad: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}'),
  );
  await cfn.api.UpdateStack(parent());
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await bench.events()).find((event) => event.startsWith('Child UPDATE_FAILED'))).toMatch(
    /was not successfully updated\. Currently in UPDATE_ROLLBACK_\w+ with reason: The following resource\(s\) failed to create: \[Bad\]/,
  );
  await put(child(7));
  expect(world.census()).toEqual(before);
});

test('protection of the root protects its children', async () => {
  await prepared();
  await cfn.api.UpdateTerminationProtection({ StackName: 'net', EnableTerminationProtection: true });
  const { StackName } = await nested();
  expect(await refusal(cfn.api.DeleteStack({ StackName }))).toBe(
    `ValidationError: Stack [${StackName}] cannot be deleted while TerminationProtection is enabled`,
  );
  expect((await nested()).EnableTerminationProtection).toBe(true);
});
