import { beforeEach, describe, expect, test } from 'vitest';
import { testRegion, type TestRegion } from './test-region.ts';
import { refusal, testResources } from './test-resources.ts';

let api: TestRegion['api'];
let loadBalancer: ReturnType<typeof testResources>['loadBalancer'];
let targetGroup: ReturnType<typeof testResources>['targetGroup'];
let listener: ReturnType<typeof testResources>['listener'];
beforeEach(() => {
  ({ api } = testRegion());
  ({ loadBalancer, targetGroup, listener } = testResources({ api }));
});

describe('target groups', () => {
  test('defaults are those of AWS', async () => {
    const arn = await targetGroup();
    expect((await api.DescribeTargetGroups({ TargetGroupArns: [arn] })).TargetGroups?.[0]).toMatchObject({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
      TargetType: 'ip',
    });
  });
  test.each([
    [{ TargetType: 'lambda' }, 'UnsupportedOperation: TargetType lambda is not enacted in the local region'],
    [
      { HealthCheckIntervalSeconds: 4 },
      "ValidationError: Health check interval '4' not in valid range '5-300'",
    ],
    [
      { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
      'ValidationError: Health check interval must be greater than the timeout.',
    ],
    [
      { Matcher: { HttpCode: '500' } },
      "ValidationError: Health check matcher HTTP code '500' must be within '200-499' inclusive",
    ],
    [
      { HealthCheckProtocol: 'TCP' },
      "ValidationError: Health check protocol 'TCP' is not supported for target groups with the HTTP protocol",
    ],
    [{ VpcId: 'vpc-x' }, "ValidationError: The VPC ID 'vpc-x' is not found"],
  ])('%j is refused', async (more, message) => expect(await refusal(targetGroup('web', more))).toBe(message));
  test('one serves one load balancer and cannot go while it does', async () => {
    const group = await targetGroup();
    const [one, other] = [await loadBalancer(), await loadBalancer('other')];
    await listener(one.LoadBalancerArn!, group);
    expect(await refusal(listener(other.LoadBalancerArn!, group))).toBe(
      `TargetGroupAssociationLimit: Target group '${group}' cannot be associated with more than one load balancer`,
    );
    expect(await refusal(api.DeleteTargetGroup({ TargetGroupArn: group }))).toBe(
      `ResourceInUse: Target group '${group}' is currently in use by a listener or a rule`,
    );
    expect(
      (await api.DescribeTargetGroups({ LoadBalancerArn: one.LoadBalancerArn! })).TargetGroups,
    ).toHaveLength(1);
    await api.DeleteLoadBalancer({ LoadBalancerArn: one.LoadBalancerArn });
    expect(await refusal(api.DeleteTargetGroup({ TargetGroupArn: group }))).toBe('accepted');
  });
  test('modifying keeps what is not given', async () => {
    const TargetGroupArn = await targetGroup('web', { HealthCheckPath: '/up' });
    await api.ModifyTargetGroup({ TargetGroupArn, HealthyThresholdCount: 3 });
    expect((await api.DescribeTargetGroups({ Names: ['web'] })).TargetGroups?.[0]).toMatchObject({
      HealthCheckPath: '/up',
      HealthyThresholdCount: 3,
    });
  });
});
