import { afterEach, expect, test } from 'vitest';
import { simulatedRegion, type SimulatedRegion } from '../../../testing/simulated-region.ts';

let region: SimulatedRegion;
afterEach(() => region.stop());

/** A service of two tasks, an alarm that it is deployed under, and what scales it. */
const stack = (image: string) => ({
  StackName: 'shop',
  TemplateBody: JSON.stringify({
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Subnet: {
        Type: 'AWS::EC2::Subnet',
        Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '10.0.0.0/24' },
      },
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'shop' } },
      Errors: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'errors',
          Namespace: 'Shop',
          MetricName: 'Errors',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'notBreaching',
        },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Family: 'api',
          RequiresCompatibilities: ['FARGATE'],
          NetworkMode: 'awsvpc',
          Cpu: '256',
          Memory: '512',
          ContainerDefinitions: [{ Name: 'api', Image: image }],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          ServiceName: 'api',
          Cluster: { Ref: 'Cluster' },
          TaskDefinition: { Ref: 'Task' },
          LaunchType: 'FARGATE',
          DeploymentConfiguration: {
            Alarms: { AlarmNames: [{ Ref: 'Errors' }], Enable: true, Rollback: true },
          },
          NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }] } },
        },
      },
      Scaling: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        DependsOn: 'Service',
        Properties: {
          ServiceNamespace: 'ecs',
          ScalableDimension: 'ecs:service:DesiredCount',
          ResourceId: 'service/shop/api',
          MinCapacity: 2,
          MaxCapacity: 6,
        },
      },
      Backlog: {
        Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
        Properties: {
          PolicyName: 'backlog',
          PolicyType: 'TargetTrackingScaling',
          ScalingTargetId: { Ref: 'Scaling' },
          TargetTrackingScalingPolicyConfiguration: {
            TargetValue: 10,
            CustomizedMetricSpecification: { Namespace: 'Shop', MetricName: 'Backlog', Statistic: 'Average' },
          },
        },
      },
    },
  }),
});

/** The region with the stack in it, and what tells of it from now on. */
async function standing() {
  region = await simulatedRegion();
  const { cloudformation, cloudwatch, ecs } = region.api;
  const names = new Map<string, string>();
  const named = (text: string) =>
    text.replaceAll(/ecs-svc\/\d+/g, (id) => names.get(id) ?? names.set(id, 'ABCD'[names.size]!).get(id)!);
  const lines: string[] = [];
  let shown = '';
  let zero = 0;
  async function look(): Promise<string> {
    const [{ Stacks }, { services }, { MetricAlarms }] = await Promise.all([
      cloudformation.DescribeStacks({ StackName: 'shop' }),
      ecs.DescribeServices({ cluster: 'shop', services: ['api'] }).catch(() => ({ services: undefined })),
      cloudwatch.DescribeAlarms({ AlarmNames: ['errors'] }),
    ]);
    const deployments = services?.[0]?.deployments ?? [];
    for (const { id = '' } of [...deployments].reverse()) named(id);
    const status = Stacks?.[0]?.StackStatus ?? '';
    const now = [
      ...deployments.map(
        ({ id = '', runningCount, desiredCount, rolloutState }) =>
          `${named(id)} ${runningCount}/${desiredCount} ${rolloutState}`,
      ),
      MetricAlarms?.[0]?.StateValue,
      status,
    ].join(', ');
    if (now !== shown) lines.push(`${(region.clock.now() - zero) / 1000} s ${now}`);
    shown = now;
    return status;
  }
  const ended = () =>
    region.until(async () => {
      const status = await look();
      return status.endsWith('_IN_PROGRESS') ? undefined : status;
    }, 4 * 3600_000);
  await cloudformation.CreateStack(stack('api:1'));
  expect(await ended()).toBe('CREATE_COMPLETE');
  // On a whole minute, with the two tasks that the scaling asks for.
  await region.until(async () => {
    const { services } = await ecs.DescribeServices({ cluster: 'shop', services: ['api'] });
    return services?.[0]?.runningCount === 2 ? true : undefined;
  });
  await region.advance(120_000 - (region.clock.now() % 60_000));
  return {
    lines,
    ended,
    /** Counts time from now. */
    from() {
      zero = region.clock.now();
      lines.length = 0;
    },
    /** Moves time, and looks at each moment. */
    async pass(seconds: number) {
      let over = false;
      region.clock.schedule(seconds * 1000, () => (over = true));
      await region.until(async () => {
        await look();
        return over || undefined;
      });
    },
    put: (MetricName: string, Value: number) =>
      cloudwatch.PutMetricData({ Namespace: 'Shop', MetricData: [{ MetricName, Value }] }),
  };
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html
 */
test('a metric that rings an alarm during a rollout brings the service back, and its stack', async () => {
  const { lines, from, ended, pass, put } = await standing();
  from();
  await region.api.cloudformation.UpdateStack(stack('api:2'));
  await pass(20);
  await put('Errors', 9);
  expect(await ended()).toBe('UPDATE_ROLLBACK_COMPLETE');
  await pass(300);
  expect(lines).toMatchInlineSnapshot(`
    [
      "0 s B 2/2 IN_PROGRESS, A 2/2 COMPLETED, OK, UPDATE_IN_PROGRESS",
      "40 s B 2/2 IN_PROGRESS, OK, UPDATE_IN_PROGRESS",
      "65 s A 2/2 IN_PROGRESS, B 2/2 FAILED, ALARM, UPDATE_ROLLBACK_IN_PROGRESS",
      "105 s A 2/2 COMPLETED, ALARM, UPDATE_ROLLBACK_COMPLETE",
      "245 s A 2/2 COMPLETED, OK, UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  const { StackEvents = [] } = await region.api.cloudformation.DescribeStackEvents({ StackName: 'shop' });
  expect(StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED')).toMatchObject({
    LogicalResourceId: 'Service',
    ResourceStatusReason: expect.stringContaining(
      "Error occurred during operation 'ECS Deployment Alarm was triggered'.",
    ),
  });
});

/** https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-ecs-service-availability-rolling-deployments */
test('auto scaling adds tasks of both revisions during a deployment', async () => {
  const { lines, from, ended, put, pass } = await standing();
  from();
  for (let minute = 0; minute < 4; minute++) {
    await put('Backlog', 25);
    if (minute === 3) await region.api.cloudformation.UpdateStack(stack('api:2'));
    await pass(60);
  }
  expect(await ended()).toBe('UPDATE_COMPLETE');
  expect(lines).toMatchInlineSnapshot(`
    [
      "180 s B 2/2 IN_PROGRESS, A 2/2 COMPLETED, OK, UPDATE_IN_PROGRESS",
      "185 s B 6/6 IN_PROGRESS, A 6/6 COMPLETED, OK, UPDATE_IN_PROGRESS",
      "220 s B 6/6 IN_PROGRESS, A 4/4 COMPLETED, OK, UPDATE_IN_PROGRESS",
      "225 s B 6/6 IN_PROGRESS, OK, UPDATE_IN_PROGRESS",
      "285 s B 6/6 COMPLETED, OK, UPDATE_COMPLETE",
    ]
  `);
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html */
test('a service that never gets steady holds its stack for three hours', async () => {
  const { lines, from, ended } = await standing();
  region.programs.set('api:2', 'missing');
  from();
  await region.api.cloudformation.UpdateStack(stack('api:2'));
  expect(await ended()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(lines).toMatchInlineSnapshot(`
    [
      "0 s B 0/2 IN_PROGRESS, A 2/2 COMPLETED, OK, UPDATE_IN_PROGRESS",
      "10800 s C 2/2 IN_PROGRESS, A 2/2 COMPLETED, OK, UPDATE_ROLLBACK_IN_PROGRESS",
      "10840 s C 2/2 IN_PROGRESS, OK, UPDATE_ROLLBACK_IN_PROGRESS",
      "10900 s C 2/2 COMPLETED, OK, UPDATE_ROLLBACK_COMPLETE",
    ]
  `);
  const { StackEvents = [] } = await region.api.cloudformation.DescribeStackEvents({ StackName: 'shop' });
  expect(StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED')).toMatchObject({
    LogicalResourceId: 'Service',
    ResourceStatusReason: expect.stringMatching(/did not stabilize\..*NotStabilized/),
  });
});
