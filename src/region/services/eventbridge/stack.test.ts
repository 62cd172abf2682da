import { afterEach, beforeEach, expect, test } from 'vitest';
import { simulatedRegion, type SimulatedRegion } from '../../testing/simulated-region.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A cluster on Fargate Spot, a job in it by schedule, and a stored parameter: one by one small, together a nightly job. */
const template = (schedule: string, state = 'ENABLED', word = 'night') =>
  JSON.stringify({
    Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/job/image' } },
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'jobs' } },
      Capacity: {
        Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
        Properties: {
          Cluster: { Ref: 'Cluster' },
          CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
        },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          NetworkMode: 'awsvpc',
          RequiresCompatibilities: ['FARGATE'],
          Cpu: '256',
          Memory: '512',
          ContainerDefinitions: [{ Name: 'job', Image: { Ref: 'Image' } }],
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Word: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/job/word', Type: 'String', Value: word } },
      Rule: {
        Type: 'AWS::Events::Rule',
        DependsOn: 'Capacity',
        Properties: {
          ScheduleExpression: schedule,
          State: state,
          Targets: [
            {
              Id: 'job',
              Arn: { 'Fn::GetAtt': ['Cluster', 'Arn'] },
              RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
              Input: JSON.stringify({ containerOverrides: [{ name: 'job', command: [word] }] }),
              EcsParameters: {
                TaskCount: 2,
                TaskDefinitionArn: { Ref: 'Task' },
                NetworkConfiguration: { AwsVpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } },
              },
            },
          ],
        },
      },
    },
    Outputs: { Word: { Value: { 'Fn::GetAtt': ['Word', 'Value'] } } },
  });

let aws: SimulatedRegion;
beforeEach(async () => {
  aws = await simulatedRegion();
  aws.programs.set('nginx:job', { exits: { after: 20_000, code: 0 } });
});
afterEach(() => aws.stop());

const settled = (StackName: string) =>
  aws.until(async () => {
    const { Stacks = [] } = await aws.api.cloudformation
      .DescribeStacks({ StackName })
      .catch(() => ({ Stacks: [{ StackStatus: 'DELETE_COMPLETE' }] }));
    const status = Stacks[0]?.StackStatus ?? '';
    return status.endsWith('_IN_PROGRESS') ? undefined : status;
  });
const deploy = async (body: string) => {
  await aws.api.cloudformation.CreateStack({
    StackName: 'nightly',
    TemplateBody: body,
    Capabilities: ['CAPABILITY_IAM'],
  });
  return settled('nightly');
};

/** What ran, by the minute in which it was started. */
async function runs(): Promise<string[]> {
  const arns: string[] = [];
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const { taskArns = [] } = await aws.api.ecs.ListTasks({ cluster: 'jobs', desiredStatus });
    arns.push(...taskArns);
  }
  if (arns.length === 0) return [];
  const { tasks = [] } = await aws.api.ecs.DescribeTasks({ cluster: 'jobs', tasks: arns });
  return tasks
    .map(
      ({ createdAt, startedBy, capacityProviderName, overrides }) =>
        `${createdAt?.toISOString().slice(11, 16)} ${startedBy?.replace(/-Rule.*/, '')} ${capacityProviderName} ${overrides?.containerOverrides?.[0]?.command?.join()}`,
    )
    .sort();
}

test('tasks start by a cron expression, with the overrides of the input; an update and its end are heeded', async () => {
  await aws.api.ssm.PutParameter({ Name: '/job/image', Type: 'String', Value: 'nginx:job' });
  expect(await deploy(template('cron(0/30 1-2 * * ? *)'))).toBe('CREATE_COMPLETE');
  await aws.advance(2.2 * 60 * 60_000);
  // 2 h 12 min after midnight; a stopped task is told of for an hour.
  expect(await runs()).toEqual([
    '01:30 events-rule/nightly FARGATE_SPOT night',
    '01:30 events-rule/nightly FARGATE_SPOT night',
    '02:00 events-rule/nightly FARGATE_SPOT night',
    '02:00 events-rule/nightly FARGATE_SPOT night',
  ]);
  await aws.api.cloudformation.UpdateStack({
    StackName: 'nightly',
    TemplateBody: template('rate(10 minutes)', 'DISABLED', 'day'),
    Capabilities: ['CAPABILITY_IAM'],
  });
  expect(await settled('nightly')).toBe('UPDATE_COMPLETE');
  await aws.advance(2 * 60 * 60_000);
  expect(await runs()).toEqual([]);
  const { Rules = [] } = await aws.api.eventbridge.ListRules({});
  await aws.api.eventbridge.EnableRule({ Name: Rules[0]?.Name });
  await aws.advance(10 * 60_000);
  expect((await runs()).map((line) => line.split(' ').at(-1))).toEqual(['day', 'day']);
  expect((await aws.api.ssm.GetParameter({ Name: '/job/word' })).Parameter).toMatchObject({
    Value: 'day',
    Version: 2,
  });
  await aws.api.cloudformation.DeleteStack({ StackName: 'nightly' });
  expect(await settled('nightly')).toBe('DELETE_COMPLETE');
  expect((await aws.api.eventbridge.ListRules({})).Rules).toEqual([]);
  expect((await aws.api.ssm.DescribeParameters({})).Parameters).toMatchObject([{ Name: '/job/image' }]);
});

test('a parameter that nobody stored, and a target that is no cluster, are named', async () => {
  await expect(deploy(template('rate(1 minute)'))).rejects.toMatchObject({
    message: expect.stringContaining(
      'Unable to fetch parameters [/job/image] from parameter store',
    ) as string,
  });
  const { eventbridge } = aws.api;
  await eventbridge.PutRule({ Name: 'r', ScheduleExpression: 'rate(1 minute)' });
  const Arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  await expect(eventbridge.PutTargets({ Rule: 'r', Targets: [{ Id: 'a', Arn }] })).rejects.toThrow(
    `A target other than an ECS cluster (${Arn}) is not enacted in the local region`,
  );
  for (const ScheduleExpression of ['rate(1 minutes)', 'rate(0 minutes)', 'cron(0 0 * * * *)', 'hourly'])
    await expect(eventbridge.PutRule({ Name: 'x', ScheduleExpression })).rejects.toThrow(
      'Parameter ScheduleExpression is not valid.',
    );
  await expect(eventbridge.PutRule({ Name: 'x', EventPattern: '{}' })).rejects.toThrow('EventPattern');
});
