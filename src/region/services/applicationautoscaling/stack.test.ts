import { expect, test } from 'vitest';
import { simulatedRegion } from '../../testing/simulated-region.ts';

const template = (min: number, image: string, cooldown = 60): string =>
  JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' } },
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'jobs' } },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          NetworkMode: 'awsvpc',
          RequiresCompatibilities: ['FARGATE'],
          Cpu: '256',
          Memory: '512',
          ContainerDefinitions: [{ Name: 'api', Image: image }],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          Cluster: { Ref: 'Cluster' },
          ServiceName: 'api',
          LaunchType: 'FARGATE',
          TaskDefinition: { Ref: 'Task' },
          NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } },
        },
      },
      Target: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          ServiceNamespace: 'ecs',
          ScalableDimension: 'ecs:service:DesiredCount',
          ResourceId: { 'Fn::Sub': 'service/${Cluster}/${Service.Name}' },
          MinCapacity: min,
          MaxCapacity: 8,
          ScheduledActions: [
            {
              ScheduledActionName: 'night',
              Schedule: 'cron(0 22 * * ? *)',
              Timezone: 'Europe/Vienna',
              ScalableTargetAction: { MinCapacity: 1 },
            },
          ],
        },
      },
      Policy: {
        Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
        Properties: {
          PolicyName: 'step',
          PolicyType: 'StepScaling',
          ScalingTargetId: { Ref: 'Target' },
          StepScalingPolicyConfiguration: {
            AdjustmentType: 'ChangeInCapacity',
            Cooldown: cooldown,
            StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
          },
        },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'Demo',
          MetricName: 'Load',
          Statistic: 'Average',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 50,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: [{ Ref: 'Policy' }],
        },
      },
    },
    Outputs: { Target: { Value: { Ref: 'Target' } }, Alarm: { Value: { 'Fn::GetAtt': ['Alarm', 'Arn'] } } },
  });

test('a stack makes what scales a service, an update leaves its count alone, and a delete leaves nothing', async () => {
  const { api, region, clock, advance, until, stop } = await simulatedRegion();
  const over = (wanted: string) =>
    until(async () => {
      const { Stacks = [] } = await api.cloudformation.DescribeStacks({ StackName: 'jobs' });
      const [stack] = Stacks;
      if (stack?.StackStatus?.endsWith('IN_PROGRESS')) return undefined;
      expect(stack?.StackStatus, stack?.StackStatusReason).toBe(wanted);
      return stack;
    });
  const count = async () =>
    (await api.ecs.DescribeServices({ cluster: 'jobs', services: ['api'] })).services![0]!.desiredCount;
  try {
    await api.cloudformation.CreateStack({ StackName: 'jobs', TemplateBody: template(2, 'api:1') });
    const made = await over('CREATE_COMPLETE');
    expect(
      made.Outputs?.map(({ OutputValue = '' }) => OutputValue.replace(/jobs-Alarm-\w+$/, 'ALARM')),
    ).toEqual([
      'service/jobs/api|ecs:service:DesiredCount|ecs',
      'arn:aws:cloudwatch:us-east-1:123456789012:alarm:ALARM',
    ]);
    // Created with one task, as AWS does without DesiredCount, and lifted to the least of the target.
    expect(await count()).toBe(2);
    const load = (value: number) =>
      region.internal.cloudwatch.record([
        { namespace: 'Demo', metric: 'Load', dimensions: {}, value, unit: 'None', at: clock.now() },
      ]);
    load(60);
    await advance(60_000 - (clock.now() % 60_000) + 10_000);
    load(40);
    await advance(60_000);
    expect(await count()).toBe(3);

    await api.cloudformation.UpdateStack({ StackName: 'jobs', TemplateBody: template(2, 'api:2', 120) });
    await over('UPDATE_COMPLETE');
    expect(await count()).toBe(3);
    const { ScalingPolicies = [] } = await api.applicationautoscaling.DescribeScalingPolicies({
      ServiceNamespace: 'ecs',
    });
    expect(ScalingPolicies.map((one) => one.StepScalingPolicyConfiguration?.Cooldown)).toEqual([120]);
    const { ScheduledActions = [] } = await api.applicationautoscaling.DescribeScheduledActions({
      ServiceNamespace: 'ecs',
    });
    expect(ScheduledActions.map(({ ScheduledActionName }) => ScheduledActionName)).toEqual(['night']);

    await api.cloudformation.DeleteStack({ StackName: made.StackId });
    await until(async () => {
      const { Stacks } = await api.cloudformation.DescribeStacks({ StackName: made.StackId });
      return Stacks?.[0]?.StackStatus === 'DELETE_COMPLETE' || undefined;
    });
    expect((await api.cloudwatch.DescribeAlarms({})).MetricAlarms).toEqual([]);
    const { ScalableTargets } = await api.applicationautoscaling.DescribeScalableTargets({
      ServiceNamespace: 'ecs',
    });
    expect(ScalableTargets).toEqual([]);
  } finally {
    await stop();
  }
});
