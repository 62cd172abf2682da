import { beforeEach, describe, expect, test } from 'vitest';
import { groupIds, subnetIds, testRegion, vpcId, type TestRegion } from './test-region.ts';

let api: TestRegion['api'];
beforeEach(() => {
  api = testRegion().api;
});
const loadBalancer = async (more: object = {}) => {
  const { LoadBalancers = [] } = await api.CreateLoadBalancer({
    Name: 'edge',
    Type: 'network',
    Subnets: subnetIds,
    SecurityGroups: groupIds,
    ...more,
  });
  return LoadBalancers[0]!;
};
const targetGroup = async (Protocol: 'HTTP' | 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS', more: object = {}) => {
  const { TargetGroups = [] } = await api.CreateTargetGroup({
    Name: `g-${Protocol.replace('_', '-')}`,
    Protocol,
    Port: 53,
    VpcId: vpcId,
    TargetType: 'ip',
    ...more,
  });
  return TargetGroups[0]!;
};
const listener = (
  LoadBalancerArn: string,
  Protocol: 'HTTP' | 'TCP' | 'UDP' | 'TCP_UDP' | 'TLS',
  TargetGroupArn: string,
  Port = 53,
) =>
  api.CreateListener({
    LoadBalancerArn,
    Protocol,
    Port,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: { name: string; message: string }) => `${error.name}: ${error.message}`,
  );
const attributesOf = (attributes: readonly { Key?: string | undefined; Value?: string | undefined }[] = []) =>
  Object.fromEntries(attributes.map(({ Key = '', Value }) => [Key, Value]));

describe('network load balancers', () => {
  test('are described as AWS does', async () => {
    const made = await loadBalancer();
    expect(made).toMatchObject({
      LoadBalancerArn: expect.stringMatching(/:loadbalancer\/net\/edge\/[0-9a-f]{16}$/),
      DNSName: expect.stringMatching(/^edge-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$/),
      CanonicalHostedZoneId: 'Z26RNL4JYFTOTI',
      Type: 'network',
      SecurityGroups: groupIds,
    });
    const { Attributes } = await api.DescribeLoadBalancerAttributes({
      LoadBalancerArn: made.LoadBalancerArn,
    });
    expect(attributesOf(Attributes)).toMatchObject({
      'load_balancing.cross_zone.enabled': 'false',
      'dns_record.client_routing_policy': 'any_availability_zone',
    });
  });

  test('one zone is enough, and without groups it never gets one', async () => {
    const { LoadBalancerArn, SecurityGroups } = await loadBalancer({
      Subnets: [subnetIds[0]!],
      SecurityGroups: undefined,
    });
    expect(SecurityGroups).toBeUndefined();
    expect(await refusal(api.SetSecurityGroups({ LoadBalancerArn, SecurityGroups: groupIds }))).toMatch(
      /^InvalidConfigurationRequest: .* created without any$/,
    );
  });

  test('target groups have the defaults of their protocol', async () => {
    const tcp = await targetGroup('TCP');
    expect(tcp).toMatchObject({
      Protocol: 'TCP',
      HealthCheckProtocol: 'TCP',
      HealthCheckTimeoutSeconds: 10,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
    });
    expect(tcp).not.toHaveProperty('Matcher');
    expect(tcp).not.toHaveProperty('ProtocolVersion');
    const udp = await targetGroup('UDP', { HealthCheckProtocol: 'HTTP', HealthCheckPath: '/up' });
    expect(udp).toMatchObject({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/up',
      HealthCheckTimeoutSeconds: 6,
      Matcher: { HttpCode: '200-399' },
    });
    const attributes = async (TargetGroupArn: string | undefined) =>
      attributesOf((await api.DescribeTargetGroupAttributes({ TargetGroupArn })).Attributes);
    expect(await attributes(tcp.TargetGroupArn)).toMatchObject({
      'preserve_client_ip.enabled': 'false',
      'deregistration_delay.connection_termination.enabled': 'false',
    });
    expect(await attributes(udp.TargetGroupArn)).toMatchObject({
      'preserve_client_ip.enabled': 'true',
      'deregistration_delay.connection_termination.enabled': 'true',
    });
    const set = (TargetGroupArn: string | undefined, Value: string) =>
      refusal(
        api.ModifyTargetGroupAttributes({
          TargetGroupArn,
          Attributes: [{ Key: 'preserve_client_ip.enabled', Value }],
        }),
      );
    expect(await set(udp.TargetGroupArn, 'false')).toMatch(/^ValidationError: 'false' is not a valid value/);
    expect(await set(tcp.TargetGroupArn, 'true')).toMatch(/^UnsupportedOperation: /);
  });

  test('a check changes its protocol and keeps its thresholds', async () => {
    const { TargetGroupArn } = await targetGroup('TCP', { UnhealthyThresholdCount: 3 });
    const changed = await api.ModifyTargetGroup({ TargetGroupArn, HealthCheckProtocol: 'HTTP' });
    expect(changed.TargetGroups?.[0]).toMatchObject({
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/',
      UnhealthyThresholdCount: 3,
    });
    const back = await api.ModifyTargetGroup({ TargetGroupArn, HealthCheckProtocol: 'TCP' });
    expect(back.TargetGroups?.[0]).not.toHaveProperty('HealthCheckPath');
  });

  test('listeners and target groups must speak the same', async () => {
    const { LoadBalancerArn: arn = '' } = await loadBalancer();
    const { LoadBalancerArn: web = '' } = await loadBalancer({ Name: 'web', Type: 'application' });
    const [http, tcp, udp, both] = await Promise.all(
      (['HTTP', 'TCP', 'UDP', 'TCP_UDP'] as const).map(
        async (protocol) => (await targetGroup(protocol)).TargetGroupArn ?? '',
      ),
    );
    for (const [lb, protocol, group] of [
      [arn, 'TCP', udp],
      [arn, 'UDP', tcp],
      [arn, 'TCP_UDP', tcp],
      [arn, 'TCP', http],
      [web, 'HTTP', tcp],
    ] as const)
      expect(await refusal(listener(lb, protocol, group!))).toMatch(/^IncompatibleProtocols: /);
    expect(await refusal(listener(web, 'TCP', tcp!))).toMatch(/^UnsupportedProtocol: /);
    expect(await refusal(listener(arn, 'HTTP', http!))).toMatch(/^UnsupportedProtocol: /);
    expect(await refusal(listener(arn, 'TLS', tcp!))).toBe(
      'UnsupportedOperation: Listener protocol TLS is not enacted in the local region',
    );
    expect((await listener(arn, 'TCP', both!)).Listeners?.[0]).toMatchObject({
      Protocol: 'TCP',
      ListenerArn: expect.stringMatching(/:listener\/net\/edge\//),
    });
    expect(await refusal(listener(arn, 'UDP', udp!))).toMatch(/^DuplicateListener: /);
  });

  test('a listener has an idle timeout, a forward and no rules', async () => {
    const { LoadBalancerArn: arn = '' } = await loadBalancer();
    const { TargetGroupArn = '' } = await targetGroup('TCP');
    const { Listeners: [made] = [] } = await listener(arn, 'TCP', TargetGroupArn);
    const ListenerArn = made?.ListenerArn;
    const idle = (Value: string) =>
      api.ModifyListenerAttributes({
        ListenerArn,
        Attributes: [{ Key: 'tcp.idle_timeout.seconds', Value }],
      });
    await idle('60');
    const { Attributes } = await api.DescribeListenerAttributes({ ListenerArn });
    expect(attributesOf(Attributes)).toEqual({ 'tcp.idle_timeout.seconds': '60' });
    expect(await refusal(idle('59'))).toMatch(/^ValidationError: /);
    const fixed = { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '200' } };
    expect(await refusal(api.ModifyListener({ ListenerArn, DefaultActions: [fixed] }))).toMatch(
      /^InvalidLoadBalancerAction: /,
    );
    expect(
      await refusal(
        api.CreateRule({
          ListenerArn,
          Priority: 1,
          Conditions: [{ Field: 'path-pattern', Values: ['/'] }],
          Actions: [{ Type: 'forward', TargetGroupArn }],
        }),
      ),
    ).toMatch(/^ValidationError: Rules are not supported/);
    expect(await refusal(api.ModifyListener({ ListenerArn, Protocol: 'UDP' }))).toMatch(
      /^IncompatibleProtocols: /,
    );
  });
});
