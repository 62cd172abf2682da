import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../../../common/clock.ts';
import { groupIds, subnetIds, testRegion, vpcId, type TestRegion } from './test-region.ts';

let region: TestRegion;
let api: TestRegion['api'];
let clock: ManualClock;
beforeEach(() => {
  clock = manualClock();
  region = testRegion({ clock });
  api = region.api;
});
const loadBalancer = async (Name = 'web', more: object = {}) => {
  const { LoadBalancers = [] } = await api.CreateLoadBalancer({
    Name,
    Subnets: subnetIds,
    SecurityGroups: groupIds,
    ...more,
  });
  return LoadBalancers[0]!;
};
const targetGroup = async (Name = 'web', more: object = {}) => {
  const { TargetGroups = [] } = await api.CreateTargetGroup({
    Name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpcId,
    TargetType: 'ip',
    ...more,
  });
  return TargetGroups[0]!.TargetGroupArn!;
};
const listener = async (LoadBalancerArn: string, TargetGroupArn: string, Port = 80) => {
  const { Listeners = [] } = await api.CreateListener({
    LoadBalancerArn,
    Protocol: 'HTTP',
    Port,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  return Listeners[0]!.ListenerArn!;
};
/** The error's code and message. */
const refusal = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: { name: string; message: string }) => `${error.name}: ${error.message}`,
  );

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

describe('targets', () => {
  const states = async (TargetGroupArn: string) =>
    (await api.DescribeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions?.map(
      ({ Target, TargetHealth }) => [Target?.Id, TargetHealth?.State, TargetHealth?.Reason],
    );
  test('unused without a load balancer, then registering, then draining for the delay', async () => {
    const group = await targetGroup();
    const Targets = [{ Id: '127.77.1.5' }, { Id: '127.77.4.5' }];
    await api.RegisterTargets({ TargetGroupArn: group, Targets });
    expect(await states(group)).toEqual([
      ['127.77.1.5', 'unused', 'Target.NotInUse'],
      ['127.77.4.5', 'unused', 'Target.NotInUse'],
    ]);
    const { LoadBalancerArn } = await loadBalancer();
    await listener(LoadBalancerArn!, group);
    // The second one is in a zone that the load balancer does not serve.
    expect(await states(group)).toEqual([
      ['127.77.1.5', 'initial', 'Elb.RegistrationInProgress'],
      ['127.77.4.5', 'unused', 'Target.NotInUse'],
    ]);
    expect(region.service.internal.targetState(group, '127.77.1.5', 81)).toBeUndefined();
    await api.DeregisterTargets({ TargetGroupArn: group, Targets: [Targets[0]!] });
    expect((await states(group))?.[0]).toEqual(['127.77.1.5', 'draining', 'Target.DeregistrationInProgress']);
    await api.RegisterTargets({ TargetGroupArn: group, Targets: [Targets[0]!] });
    expect((await states(group))?.[0]?.[1]).toBe('initial');
  });
  test('the deregistration delay is counted by the clock', async () => {
    const group = await targetGroup();
    const { LoadBalancerArn } = await loadBalancer();
    await listener(LoadBalancerArn!, group);
    const Targets = [{ Id: '127.77.1.5' }];
    await api.RegisterTargets({ TargetGroupArn: group, Targets });
    Object.assign(region.region.plane.netd, { spawn: () => silent });
    await region.service.start?.();
    await api.DeregisterTargets({ TargetGroupArn: group, Targets });
    await clock.advance(299_000);
    expect(region.service.internal.targetState(group, '127.77.1.5', 80)?.state).toBe('draining');
    await clock.advance(1000);
    expect(region.service.internal.targetState(group, '127.77.1.5', 80)).toBeUndefined();
    await region.stop();
    expect(region.interfaces.size).toBe(2);
  });
  test.each([
    ['8.8.8.8', /^ValidationError: The IP address '8.8.8.8' is not within a private/],
    ['web', /^ValidationError: The IP address 'web' is not a valid IPv4 address/],
    ['10.1.1.1', /^ValidationError: You must specify an Availability Zone for the IP address '10.1.1.1'/],
  ])('%s cannot be registered', async (Id, message) => {
    const TargetGroupArn = await targetGroup();
    expect(await refusal(api.RegisterTargets({ TargetGroupArn, Targets: [{ Id }] }))).toMatch(message);
  });
  test('one that is not registered is unused', async () => {
    const TargetGroupArn = await targetGroup();
    const { TargetHealthDescriptions } = await api.DescribeTargetHealth({
      TargetGroupArn,
      Targets: [{ Id: '127.77.1.9' }],
    });
    expect(TargetHealthDescriptions?.[0]?.TargetHealth?.Reason).toBe('Target.NotRegistered');
    expect(await refusal(api.DeregisterTargets({ TargetGroupArn, Targets: [{ Id: '127.77.1.9' }] }))).toBe(
      'accepted',
    );
  });
});

describe('listeners and rules', () => {
  const path = (value: string) => [{ Field: 'path-pattern', Values: [value] }];
  test('a port is one listener; its default rule is described and cannot go', async () => {
    const [group, { LoadBalancerArn = '' }] = [await targetGroup(), await loadBalancer()];
    const ListenerArn = await listener(LoadBalancerArn, group);
    expect(await listener(LoadBalancerArn, group)).toBe(ListenerArn);
    expect(
      await refusal(
        api.CreateListener({
          LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
        }),
      ),
    ).toBe(
      `DuplicateListener: A listener already exists on this port for this load balancer '${LoadBalancerArn}'`,
    );
    expect(
      await refusal(
        api.CreateListener({ LoadBalancerArn, Protocol: 'HTTPS', Port: 443, DefaultActions: [] }),
      ),
    ).toMatch(/^UnsupportedOperation: /);
    const { Rules = [] } = await api.DescribeRules({ ListenerArn });
    expect(Rules).toMatchObject([
      {
        Priority: 'default',
        IsDefault: true,
        Conditions: [],
        Actions: [
          {
            Type: 'forward',
            TargetGroupArn: group,
            ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }] },
          },
        ],
      },
    ]);
    expect(await refusal(api.DeleteRule({ RuleArn: Rules[0]!.RuleArn }))).toMatch(/^OperationNotPermitted: /);
    await listener(LoadBalancerArn, group, 81);
    expect(await refusal(api.ModifyListener({ ListenerArn, Port: 81 }))).toBe(
      "ValidationError: Listener port '81' is already in use",
    );
  });
  test('priorities are unique, change together and order the rules', async () => {
    const [group, { LoadBalancerArn = '' }] = [await targetGroup(), await loadBalancer()];
    const ListenerArn = await listener(LoadBalancerArn, group);
    const create = (Priority: number, value: string) =>
      api.CreateRule({
        ListenerArn,
        Priority,
        Conditions: path(value),
        Actions: [{ Type: 'forward', TargetGroupArn: group }],
      });
    const a = (await create(1, '/a')).Rules![0]!.RuleArn!;
    const b = (await create(20, '/b')).Rules![0]!.RuleArn!;
    expect(await refusal(create(20, '/c'))).toBe("PriorityInUse: Priority '20' is currently in use");
    expect(await refusal(api.SetRulePriorities({ RulePriorities: [{ RuleArn: a, Priority: 20 }] }))).toMatch(
      /^PriorityInUse/,
    );
    await api.SetRulePriorities({
      RulePriorities: [
        { RuleArn: a, Priority: 20 },
        { RuleArn: b, Priority: 3 },
      ],
    });
    const { Rules = [] } = await api.DescribeRules({ ListenerArn });
    expect(Rules.map(({ Priority }) => Priority)).toEqual(['3', '20', 'default']);
    expect(Rules[0]?.RuleArn).toBe(b);
    const page = await api.DescribeRules({ ListenerArn, PageSize: 2 });
    expect(page.Rules).toHaveLength(2);
    expect(
      (await api.DescribeRules({ ListenerArn, PageSize: 2, Marker: page.NextMarker })).Rules?.map(
        ({ Priority }) => Priority,
      ),
    ).toEqual(['default']);
  });
  test.each([
    [[], 'ValidationError: At least one condition must be specified'],
    [
      [{ Field: 'path-pattern', Values: ['/é'] }],
      "ValidationError: The condition value '/é' is not valid for 'path-pattern'",
    ],
    [
      [{ Field: 'source-ip', SourceIpConfig: { Values: ['1.2.3.4'] } }],
      "ValidationError: The condition value '1.2.3.4' must be a CIDR block",
    ],
    [
      [{ Field: 'host-header', RegexValues: ['.*'] }],
      'UnsupportedOperation: RegexValues ([".*"]) is not enacted in the local region',
    ],
    [[...path('/a'), ...path('/b')], "ValidationError: A rule can only have one 'path-pattern' condition"],
    [
      [{ Field: 'cookie', Values: ['a'] }],
      "ValidationError: Condition field 'cookie' must be one of '[path-pattern, host-header, http-header, http-request-method, query-string, source-ip]'",
    ],
  ])('conditions %j are refused', async (Conditions, message) => {
    const [group, { LoadBalancerArn = '' }] = [await targetGroup(), await loadBalancer()];
    const ListenerArn = await listener(LoadBalancerArn, group);
    expect(
      await refusal(
        api.CreateRule({
          ListenerArn,
          Priority: 1,
          Conditions,
          Actions: [{ Type: 'forward', TargetGroupArn: group }],
        }),
      ),
    ).toBe(message);
  });
  test.each([
    [{ Type: 'authenticate-oidc' as const }, /^UnsupportedOperation: /],
    [{ Type: 'redirect' as const, RedirectConfig: { StatusCode: 'HTTP_301' as const } }, /redirect loop/],
    [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '302' } }, /must match/],
    [{ Type: 'forward' as const }, /A target group ARN must be specified/],
    [{ Type: 'forward' as const, TargetGroupArn: 'arn:x' }, /^TargetGroupNotFound: /],
    [
      { Type: 'forward' as const, ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true } } },
      /^UnsupportedOperation: /,
    ],
  ])('action %j is refused', async (action, message) => {
    const { LoadBalancerArn = '' } = await loadBalancer();
    expect(
      await refusal(
        api.CreateListener({ LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: [action] }),
      ),
    ).toMatch(message);
  });
});

test('tags are added, replaced, removed and gone with their resource', async () => {
  const { LoadBalancerArn = '' } = await loadBalancer('web', { Tags: [{ Key: 'a', Value: '1' }] });
  const ResourceArns = [LoadBalancerArn];
  await api.AddTags({ ResourceArns, Tags: [{ Key: 'a', Value: '2' }, { Key: 'b' }] });
  await api.RemoveTags({ ResourceArns, TagKeys: ['b'] });
  expect((await api.DescribeTags({ ResourceArns })).TagDescriptions?.[0]?.Tags).toEqual([
    { Key: 'a', Value: '2' },
  ]);
  expect(await refusal(api.AddTags({ ResourceArns, Tags: [{ Key: 'aws:x' }] }))).toMatch(/^ValidationError/);
  await api.DeleteLoadBalancer({ LoadBalancerArn });
  expect(await refusal(api.DescribeTags({ ResourceArns }))).toMatch(/^LoadBalancerNotFound/);
});

/** A program that never says anything. */
const silent = {
  started: Promise.resolve(1),
  exited: Promise.resolve({ code: 0, signal: null }),
  onStdout: () => {},
  onStderr: () => {},
  onMessage: () => {},
  send: (_message: unknown, handle?: { close(): void }) => handle?.close(),
  signal: async () => true,
};
