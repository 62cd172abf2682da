import type { PutScalingPolicyRequest } from '@aws-sdk/client-application-auto-scaling';
import { simulatedRegion } from '../../../testing/simulated-region.ts';

const MINUTE = 60_000;
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});
export const scalable = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/jobs/api',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** A service `api` that is steady with `desired` tasks, in a region at AWS's pace under a clock that is moved by hand. */
export async function scaledService({ desired = 2, min = 1, max = 10 } = {}) {
  const simulated = await simulatedRegion();
  const { api, region, clock } = simulated;
  const { Vpc } = await api.ec2.CreateVpc({ CidrBlock: '10.0.0.0/16' });
  const { Subnet } = await api.ec2.CreateSubnet({ VpcId: Vpc!.VpcId!, CidrBlock: '10.0.0.0/24' });
  const { Role } = await api.iam.CreateRole({ RoleName: 'execution', AssumeRolePolicyDocument: trust });
  await api.ecs.CreateCluster({ clusterName: 'jobs' });
  await api.ecs.RegisterTaskDefinition({
    family: 'api',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: Role!.Arn!,
    containerDefinitions: [{ name: 'api', image: 'api:1' }],
  });
  await api.ecs.CreateService({
    cluster: 'jobs',
    serviceName: 'api',
    taskDefinition: 'api',
    desiredCount: desired,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [Subnet!.SubnetId!] } },
  });
  const service = async () =>
    (await api.ecs.DescribeServices({ cluster: 'jobs', services: ['api'] })).services![0]!;
  await simulated.until(async () =>
    (await service()).deployments?.[0]?.rolloutState === 'COMPLETED' ? true : undefined,
  );
  await api.applicationautoscaling.RegisterScalableTarget({
    ...scalable,
    MinCapacity: min,
    MaxCapacity: max,
  });
  // Begin with a minute.
  await simulated.advance(MINUTE - (clock.now() % MINUTE));
  const begin = clock.now();

  return {
    ...simulated,
    service,
    begin,
    policy: (name: string, more: Omit<PutScalingPolicyRequest, 'PolicyName' | keyof typeof scalable>) =>
      api.applicationautoscaling.PutScalingPolicy({ ...scalable, PolicyName: name, ...more }),
    /** One observation of `Demo/Load` in the minute that goes on. */
    load: (value: number) =>
      region.internal.cloudwatch.record([
        { namespace: 'Demo', metric: 'Load', dimensions: {}, value, unit: 'None', at: clock.now() },
      ]),
    /** Minutes, each with one observation or none; gives a line for each minute in which the count was changed. */
    async minutes(values: readonly (number | undefined | 'deploy')[]): Promise<readonly string[]> {
      const lines: string[] = [];
      let before = (await service()).desiredCount;
      for (const value of values) {
        if (value === 'deploy')
          await api.ecs.UpdateService({ cluster: 'jobs', service: 'api', forceNewDeployment: true });
        else if (value !== undefined)
          region.internal.cloudwatch.record([
            { namespace: 'Demo', metric: 'Load', dimensions: {}, value, unit: 'None', at: clock.now() },
          ]);
        await simulated.advance(MINUTE + 10_000 - (clock.now() % MINUTE));
        const { desiredCount } = await service();
        if (desiredCount !== before)
          lines.push(`minute ${Math.floor((clock.now() - begin) / MINUTE)}: ${before} -> ${desiredCount}`);
        before = desiredCount;
      }
      return lines;
    },
    /** Newest last. */
    async activities() {
      const { ScalingActivities = [] } = await api.applicationautoscaling.DescribeScalingActivities({
        ServiceNamespace: 'ecs',
        IncludeNotScaledActivities: true,
      });
      return ScalingActivities.map(
        ({ Description, Cause = '', StatusCode, StatusMessage, NotScaledReasons }) =>
          [
            StatusCode,
            Description,
            Cause.replaceAll(/-[0-9a-f]{8}-[0-9a-f-]{27}/g, ''),
            StatusMessage ?? NotScaledReasons?.map(({ Code }) => Code).join(),
          ].join(' | '),
      ).reverse();
    },
  };
}

/** Tracks `Demo/Load`. */
export const tracking = (TargetValue: number, more: object = {}) => ({
  PolicyType: 'TargetTrackingScaling' as const,
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue,
    CustomizedMetricSpecification: { Namespace: 'Demo', MetricName: 'Load', Statistic: 'Average' as const },
    ...more,
  },
});

export const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
