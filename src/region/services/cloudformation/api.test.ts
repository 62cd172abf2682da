import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resourceSchema } from '../../../template/index.ts';
import { createBench, refusal, vpc, type Bench } from './testing/bench.ts';
import { deployment } from './testing/templates.ts';
import { resourceTypes } from './types/index.ts';

const services = dirname(dirname(fileURLToPath(import.meta.url)));
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

const yaml = (text: string): { StackName: string; TemplateBody: string } => ({
  StackName: 'net',
  TemplateBody: text,
});

test('a change set is made, shown, executed; the next one without changes says so', async () => {
  const { Id, StackId } = await cfn.api.CreateChangeSet({
    ...vpc('10.0.0.0/16'),
    ChangeSetName: 'first',
    ChangeSetType: 'CREATE',
  });
  expect(await status()).toBe('REVIEW_IN_PROGRESS');
  const shown = await cfn.api.DescribeChangeSet({ ChangeSetName: 'first', StackName: 'net' });
  expect(shown).toMatchObject({
    ChangeSetId: Id,
    StackId,
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Changes: [
      {
        Type: 'Resource',
        ResourceChange: { Action: 'Add', LogicalResourceId: 'Vpc', ResourceType: 'AWS::EC2::VPC' },
      },
    ],
  });
  await cfn.api.ExecuteChangeSet({ ChangeSetName: Id });
  await cfn.settled('net');
  expect(await events()).toEqual([
    'net REVIEW_IN_PROGRESS User Initiated',
    'net CREATE_IN_PROGRESS User Initiated',
    'Vpc CREATE_IN_PROGRESS',
    'Vpc CREATE_IN_PROGRESS Resource creation Initiated',
    'Vpc CREATE_COMPLETE',
    'net CREATE_COMPLETE',
  ]);
  expect(await refusal(cfn.api.ExecuteChangeSet({ ChangeSetName: Id }))).toBe(
    `InvalidChangeSetStatus: ChangeSet [${Id}] cannot be executed in its current status of [EXECUTE_COMPLETE]`,
  );
  const again = await cfn.api.CreateChangeSet({ ...vpc('10.0.0.0/16'), ChangeSetName: 'second' });
  expect(await cfn.api.DescribeChangeSet({ ChangeSetName: again.Id })).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  expect(await refusal(cfn.api.UpdateStack(vpc('10.0.0.0/16')))).toBe(
    'ValidationError: No updates are to be performed.',
  );
});

test('a replacement is announced, made first, and what refers to it follows', async () => {
  const subnet = `
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
  Other:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !Ref Days}
Parameters:
  Days: {Type: Number, Default: 7}`;
  await cfn.api.CreateStack(vpc('10.0.0.0/16', subnet));
  expect(await cfn.settled('net')).toBe('CREATE_COMPLETE');
  const { Id } = await cfn.api.CreateChangeSet({
    ...vpc('10.0.0.0/20', subnet),
    ChangeSetName: 'move',
    Parameters: [{ ParameterKey: 'Days', ParameterValue: '14' }],
  });
  const { Changes } = await cfn.api.DescribeChangeSet({ ChangeSetName: Id, IncludePropertyValues: true });
  expect(Changes!.map(({ ResourceChange: change }) => change)).toMatchObject([
    {
      Action: 'Modify',
      LogicalResourceId: 'Vpc',
      Replacement: 'True',
      Scope: ['Properties'],
      PolicyAction: 'ReplaceAndDelete',
      Details: [
        {
          Target: {
            Attribute: 'Properties',
            Name: 'CidrBlock',
            RequiresRecreation: 'Always',
            BeforeValue: '10.0.0.0/16',
            AfterValue: '10.0.0.0/20',
          },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
      ],
    },
    {
      LogicalResourceId: 'Subnet',
      Replacement: 'Conditional',
      Details: [
        {
          Target: { Name: 'VpcId', AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}' },
          Evaluation: 'Dynamic',
          ChangeSource: 'ResourceReference',
          CausingEntity: 'Vpc',
        },
      ],
    },
    {
      LogicalResourceId: 'Other',
      Replacement: 'False',
      Details: [
        { ChangeSource: 'ParameterReference', CausingEntity: 'Days', Evaluation: 'Static' },
        { ChangeSource: 'DirectModification', Evaluation: 'Dynamic' },
      ],
    },
  ]);
  const before = (await events()).length;
  await cfn.api.ExecuteChangeSet({ ChangeSetName: Id });
  expect(await cfn.settled('net')).toBe('UPDATE_COMPLETE');
  const happened = (await events()).slice(before);
  const order = [
    'Vpc UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
    'Vpc UPDATE_COMPLETE',
    'Subnet UPDATE_COMPLETE',
    'net UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Subnet DELETE_COMPLETE',
    'Vpc DELETE_COMPLETE',
    'net UPDATE_COMPLETE',
  ];
  expect(happened.filter((event) => order.includes(event))).toEqual(order);
  const { Vpcs } = await world.api.ec2.DescribeVpcs({
    Filters: [{ Name: 'tag:aws:cloudformation:stack-name', Values: ['net'] }],
  });
  expect(Vpcs!.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.0.0/20']);
});

test('a change set that others have overtaken is obsolete', async () => {
  await cfn.api.CreateStack(vpc('10.0.0.0/16'));
  await cfn.settled('net');
  const { Id } = await cfn.api.CreateChangeSet({ ...vpc('10.0.0.0/20'), ChangeSetName: 'late' });
  await cfn.api.UpdateStack(vpc('10.0.0.0/18'));
  await cfn.settled('net');
  expect(await cfn.api.DescribeChangeSet({ ChangeSetName: Id })).toMatchObject({
    ExecutionStatus: 'OBSOLETE',
  });
  expect(await refusal(cfn.api.ExecuteChangeSet({ ChangeSetName: Id }))).toBe(
    `InvalidChangeSetStatus: ChangeSet [${Id}] cannot be executed in its current status of [OBSOLETE]`,
  );
  const shown = await cfn.api
    .CreateChangeSet({ ...vpc('10.0.0.0/16'), ChangeSetName: 'back' })
    .then((made) => cfn.api.DescribeChangeSet({ ChangeSetName: made.Id, IncludePropertyValues: true }));
  expect(shown.Changes![0]!.ResourceChange).toMatchObject({
    BeforeContext: '{"Properties":{"CidrBlock":"10.0.0.0/18"}}',
    AfterContext: '{"Properties":{"CidrBlock":"10.0.0.0/16"}}',
  });
  expect(
    await refusal(
      cfn.api.CreateChangeSet({ ...vpc('10.0.0.0/16'), ChangeSetName: 'x', OnStackFailure: 'DELETE' }),
    ),
  ).toContain('OnStackFailure DELETE is only for change sets of type CREATE');
});

test('an operation has an id, by which its events and failures are found', async () => {
  await cfn.api.CreateStack(
    vpc(
      '10.0.0.0/16',
      '  Bad: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 192.168.0.0/24}}',
    ),
  );
  await cfn.settled('net');
  const { StackEvents } = await cfn.api.DescribeStackEvents({ StackName: 'net' });
  const { OperationEvents } = await cfn.api.DescribeEvents({
    OperationId: StackEvents![0]!.OperationId,
    Filters: { FailedEvents: true },
  });
  expect(OperationEvents).toMatchObject([
    { LogicalResourceId: 'Bad', EventType: 'PROVISIONING_ERROR', ResourceStatus: 'CREATE_FAILED' },
  ]);
});

test('what is wrong is refused in its own words before anything is made', async () => {
  const created = (text: string) => refusal(cfn.api.CreateStack(yaml(text)));
  expect(await created('Resources:\n  A: {Type: AWS::No::Such}')).toContain(
    'ValidationError: Template format error: Unrecognized resource types: [AWS::No::Such] (line 2, column 7)',
  );
  expect(await created(vpc('10.0.0.0/16', '      Cidr: x').TemplateBody)).toContain(
    'ValidationError: Encountered unsupported property Cidr in Vpc (AWS::EC2::VPC) (line 7, column 7)',
  );
  expect(await created(vpc('10.0.0.0/16', '      Ipv4IpamPoolId: x').TemplateBody)).toContain(
    'ValidationError: Property Ipv4IpamPoolId of Vpc (AWS::EC2::VPC) is not enacted by this region',
  );
  expect(await created('Resources: {A: {Type: AWS::EC2::Subnet}}')).toContain(
    'Property validation failure: [The property {/VpcId} is required]',
  );
  expect(await created('Resources: [')).toContain('Template format error: YAML not well-formed.');
  expect(await created('{}')).toContain(
    'Template format error: At least one Resources member must be defined.',
  );
  expect(
    await created(
      'Resources:\n  A: {Type: AWS::EC2::InternetGateway, DependsOn: B}\n  B: {Type: AWS::EC2::InternetGateway, DependsOn: A}',
    ),
  ).toBe(
    'ValidationError: Circular dependency between resources: [A, B] (line 2, column 3); A → B → A: take one of these references out',
  );
  expect(
    await created('Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}}'),
  ).toBe('InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]');
  expect(await created(`Description: ${'x'.repeat(51_200)}`)).toContain(
    'Member must have length less than or equal to 51200',
  );
  expect(await refusal(cfn.api.CreateStack({ ...vpc('10.0.0.0/16'), StackPolicyBody: '{}' }))).toContain(
    'Parameter StackPolicyBody ("{}") is not enacted',
  );
  expect((await cfn.api.DescribeStacks({})).Stacks).toEqual([]);
});

test('missing and wrong stacks are named as AWS names them', async () => {
  const { api } = cfn;
  expect(await refusal(api.DescribeStacks({ StackName: 'none' }))).toBe(
    'ValidationError: Stack with id none does not exist',
  );
  expect(await refusal(api.DescribeStackEvents({ StackName: 'none' }))).toBe(
    'ValidationError: Stack [none] does not exist',
  );
  expect(await refusal(api.UpdateStack({ ...vpc('10.0.0.0/16'), StackName: 'none' }))).toBe(
    'ValidationError: Stack [none] does not exist',
  );
  expect(await refusal(api.CreateStack({ ...vpc('10.0.0.0/16'), StackName: '1x' }))).toContain(
    "Value '1x' at 'stackName' failed to satisfy constraint",
  );
  expect(await api.DeleteStack({ StackName: 'none' })).toEqual({});
  await api.CreateStack(vpc('10.0.0.0/16'));
  expect(await refusal(api.CreateStack(vpc('10.0.0.0/16')))).toBe(
    'AlreadyExistsException: Stack [net] already exists',
  );
  await cfn.settled('net');
  expect(
    await refusal(
      api.CreateChangeSet({ ...vpc('10.0.0.0/16'), ChangeSetName: 'c', ChangeSetType: 'CREATE' }),
    ),
  ).toBe('ValidationError: Stack [net] already exists and cannot be created again with the changeSet [c].');
});

test('what has a name of its own is not replaced under that name', async () => {
  const grouped = (description: string) =>
    vpc(
      '10.0.0.0/16',
      `  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupName: own, GroupDescription: ${description}, VpcId: !Ref Vpc}`,
    );
  await cfn.api.CreateStack(grouped('one'));
  await cfn.settled('net');
  await cfn.api.UpdateStack(grouped('two'));
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await events()).toContain(
    'Group UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename own and update the stack again.',
  );
});

test('exports are imported, and held while they are', async () => {
  const exporting = (value: string) =>
    vpc('10.0.0.0/16', `Outputs: {Out: {Value: ${value}, Export: {Name: shared}}}`);
  const importing = yaml(
    'Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupDescription: g, VpcId: !ImportValue shared}',
  );
  await cfn.api.CreateStack({ ...importing, StackName: 'early' });
  expect(await cfn.settled('early')).toBe('ROLLBACK_COMPLETE');
  expect(await events('early')).toContain(
    'early ROLLBACK_IN_PROGRESS No export named shared found. Rollback requested by user.',
  );
  // What a condition leaves out is not imported.
  const unless = yaml(
    'Conditions: {Never: !Equals [a, b]}\nResources:\n' +
      '  Group:\n    Type: AWS::EC2::SecurityGroup\n    Condition: Never\n    Properties: {GroupDescription: g, VpcId: !ImportValue none}\n' +
      '  Vpc:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: !If [Never, !ImportValue nothing, 10.9.0.0/16]}\n' +
      'Outputs: {Out: {Condition: Never, Value: !ImportValue neither}}',
  );
  await cfn.api.CreateStack({ ...unless, StackName: 'unless' });
  expect(await cfn.settled('unless')).toBe('CREATE_COMPLETE');
  await cfn.api.CreateStack(exporting('!Ref Vpc'));
  await cfn.settled('net');
  const { Exports } = await cfn.api.ListExports({});
  expect(Exports).toMatchObject([{ Name: 'shared' }]);
  await cfn.api.CreateStack({ ...exporting('!Ref Vpc'), StackName: 'second' });
  expect(await cfn.settled('second')).toBe('ROLLBACK_COMPLETE');
  expect((await events('second')).join('\n')).toContain(
    'Export with name shared is already exported by stack net',
  );
  await cfn.api.CreateStack({ ...importing, StackName: 'user' });
  expect(await cfn.settled('user')).toBe('CREATE_COMPLETE');
  expect(await refusal(cfn.api.DeleteStack({ StackName: 'net' }))).toBe(
    'ValidationError: Cannot delete export net:shared as it is in use by user.',
  );
  await cfn.api.UpdateStack(exporting('other'));
  expect(await cfn.settled('net')).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await events()).join('\n')).toContain('Cannot update export net:shared as it is in use by user.');
  expect((await cfn.api.ListExports({})).Exports).toEqual(Exports);
  await cfn.api.DeleteStack({ StackName: 'user' });
  await cfn.settled('user');
  await cfn.api.DeleteStack({ StackName: 'net' });
  expect(await cfn.settled('net')).toBe('DELETE_COMPLETE');
});

test('parameters keep their previous value when asked, hide when NoEcho, and are checked', async () => {
  const template = vpc(
    '!Ref Cidr',
    'Parameters:\n  Cidr: {Type: String, AllowedPattern: "[0-9./]+"}\n  Secret: {Type: String, NoEcho: true, Default: s3cr3t}\n  Days: {Type: Number, Default: 7}',
  );
  const Parameters = [{ ParameterKey: 'Cidr', ParameterValue: '10.0.0.0/16' }];
  expect(await refusal(cfn.api.CreateStack(template))).toContain('Parameters: [Cidr] must have values');
  expect(
    await refusal(
      cfn.api.CreateStack({ ...template, Parameters: [{ ParameterKey: 'Cidr', ParameterValue: 'x' }] }),
    ),
  ).toContain('Parameter Cidr must match pattern [0-9./]+');
  await cfn.api.CreateStack({ ...template, Parameters });
  await cfn.settled('net');
  expect((await cfn.api.DescribeStacks({ StackName: 'net' })).Stacks![0]!.Parameters).toEqual([
    { ParameterKey: 'Cidr', ParameterValue: '10.0.0.0/16' },
    { ParameterKey: 'Secret', ParameterValue: '****' },
    { ParameterKey: 'Days', ParameterValue: '7' },
  ]);
  expect(
    await refusal(
      cfn.api.UpdateStack({
        StackName: 'net',
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'Cidr', UsePreviousValue: true }],
      }),
    ),
  ).toBe('ValidationError: No updates are to be performed.');
});

test('a template may lie in a bucket', async () => {
  const Bucket = 'templates';
  await world.api.s3.CreateBucket({
    Bucket,
    CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
  });
  await world.api.s3.PutObject({
    Bucket,
    Key: 'a/net.yaml',
    Body: Buffer.from(vpc('10.0.0.0/16').TemplateBody),
  });
  for (const [index, url] of [
    'https://templates.s3.eu-central-1.amazonaws.com/a/net.yaml',
    'https://s3.eu-central-1.amazonaws.com/templates/a/net.yaml',
    'http://127.0.0.1:4566/templates/a/net.yaml',
  ].entries()) {
    const StackName = `net${index}`;
    await cfn.api.CreateStack({ StackName, TemplateURL: url });
    expect(await cfn.settled(StackName)).toBe('CREATE_COMPLETE');
  }
  expect(
    await refusal(cfn.api.CreateStack({ StackName: 'x', TemplateURL: 'https://example.com/t.yaml' })),
  ).toBe('ValidationError: TemplateURL must be a supported URL.');
});

test('every type that is enacted appears in the deployment under test or has a test, with properties of its schema', () => {
  const { Resources } = JSON.parse(deployment()) as { Resources: Record<string, { Type: string }> };
  const used = new Set(Object.values(Resources).map(({ Type }) => Type));
  const tests = readdirSync(services, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(services, name), 'utf8'));
  expect(
    [...resourceTypes.keys()].filter((type) => !used.has(type) && !tests.some((text) => text.includes(type))),
  ).toEqual([]);
  for (const [type, { properties, naming, moves = [] }] of resourceTypes) {
    const known = [...resourceSchema(type)!.properties.keys()];
    expect(known, type).toEqual(
      expect.arrayContaining([...properties, ...moves, ...(naming ? [naming.property] : [])]),
    );
  }
});
