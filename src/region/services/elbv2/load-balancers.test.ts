import { beforeEach, describe, expect, test } from 'vitest';
import { testRegion, vpcId, type TestRegion } from './test-region.ts';
import { refusal, testResources } from './test-resources.ts';

let api: TestRegion['api'];
let loadBalancer: ReturnType<typeof testResources>['loadBalancer'];
beforeEach(() => {
  ({ api } = testRegion());
  ({ loadBalancer } = testResources({ api }));
});

describe('load balancers', () => {
  test('are described as AWS does', async () => {
    const made = await loadBalancer();
    expect(made).toMatchObject({
      LoadBalancerArn: expect.stringMatching(
        /^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
      ),
      DNSName: expect.stringMatching(/^web-\d+\.us-east-1\.elb\.amazonaws\.com$/),
      CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
      Scheme: 'internet-facing',
      State: { Code: 'provisioning' },
      Type: 'application',
      VpcId: vpcId,
      AvailabilityZones: [{ ZoneName: 'us-east-1a' }, { ZoneName: 'us-east-1b' }],
    });
    expect((await api.DescribeLoadBalancers({ Names: ['web'] })).LoadBalancers).toEqual([made]);
    expect((await loadBalancer('inside', { Scheme: 'internal' })).DNSName).toMatch(/^internal-inside-/);
  });
  test('the same again is the same one; other settings are a duplicate', async () => {
    const first = await loadBalancer();
    expect((await loadBalancer()).LoadBalancerArn).toBe(first.LoadBalancerArn);
    expect(await refusal(loadBalancer('web', { Scheme: 'internal' }))).toMatch(
      /^DuplicateLoadBalancerName: /,
    );
  });
  test.each([
    [
      { Subnets: ['subnet-a'] },
      'ValidationError: At least two subnets in two different Availability Zones must be specified',
    ],
    [
      { Subnets: ['subnet-b', 'subnet-b2'] },
      'InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    ],
    [{ Subnets: ['subnet-a', 'subnet-x'] }, "SubnetNotFound: The subnet ID 'subnet-x' does not exist"],
    [{ SecurityGroups: ['sg-x'] }, "InvalidSecurityGroup: The security group 'sg-x' does not exist"],
    [
      { Name: 'internal-a' },
      "ValidationError: Load balancer name 'internal-a' cannot begin with 'internal-'",
    ],
    [
      { Type: 'gateway' },
      'UnsupportedOperation: Load balancer type gateway is not enacted in the local region',
    ],
    [
      { IpAddressType: 'dualstack' },
      'UnsupportedOperation: IpAddressType dualstack is not enacted in the local region',
    ],
    [
      { CustomerOwnedIpv4Pool: 'pool' },
      'UnsupportedOperation: CustomerOwnedIpv4Pool ("pool") is not enacted in the local region',
    ],
  ])('%j is refused', async (more, message) => {
    expect(await refusal(loadBalancer('web', more))).toBe(message);
  });
  test('without groups it has the default group of the VPC', async () => {
    expect((await loadBalancer('web', { SecurityGroups: undefined })).SecurityGroups).toEqual(['sg-default']);
  });
  test('deletion protection holds; deleting one that is gone succeeds', async () => {
    const { LoadBalancerArn } = await loadBalancer();
    const attribute = (Value: string) =>
      api.ModifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      });
    await attribute('true');
    expect(await refusal(api.DeleteLoadBalancer({ LoadBalancerArn }))).toMatch(/^OperationNotPermitted: /);
    await attribute('false');
    await api.DeleteLoadBalancer({ LoadBalancerArn });
    await api.DeleteLoadBalancer({ LoadBalancerArn });
    expect(await refusal(api.DescribeLoadBalancers({ LoadBalancerArns: [LoadBalancerArn!] }))).toMatch(
      /^LoadBalancerNotFound: /,
    );
  });
  test('attributes: known ones are kept, others refused, defaults described', async () => {
    const { LoadBalancerArn } = await loadBalancer();
    const set = (Key: string, Value: string) =>
      refusal(api.ModifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [{ Key, Value }] }));
    expect(await set('idle_timeout.timeout_seconds', '30')).toBe('accepted');
    expect(await set('idle_timeout.timeout_seconds', '4001')).toMatch(/^ValidationError: /);
    expect(await set('no.such', '1')).toBe("ValidationError: Attribute key 'no.such' is not recognized");
    expect(await set('access_logs.s3.enabled', 'false')).toBe('accepted');
    expect(await set('access_logs.s3.enabled', 'true')).toMatch(/^UnsupportedOperation: /);
    const { Attributes } = await api.DescribeLoadBalancerAttributes({ LoadBalancerArn });
    expect(Attributes).toContainEqual({ Key: 'idle_timeout.timeout_seconds', Value: '30' });
    expect(Attributes).toContainEqual({ Key: 'client_keep_alive.seconds', Value: '3600' });
  });
});
