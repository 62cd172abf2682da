import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../../../common/clock.ts';
import { testRegion, vpcId, type TestRegion } from './test-region.ts';
import { refusal, silentProgram, testResources } from './test-resources.ts';

let region: TestRegion;
let api: TestRegion['api'];
let loadBalancer: ReturnType<typeof testResources>['loadBalancer'];
let targetGroup: ReturnType<typeof testResources>['targetGroup'];
let listener: ReturnType<typeof testResources>['listener'];
let clock: ManualClock;
beforeEach(() => {
  clock = manualClock();
  region = testRegion({ clock });
  ({ api } = region);
  ({ loadBalancer, targetGroup, listener } = testResources(region));
});

describe('targets', () => {
  const states = async (TargetGroupArn: string) =>
    (await api.DescribeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions?.map(
      ({ Target, TargetHealth }) => [Target?.Id, TargetHealth?.State, TargetHealth?.Reason],
    );
  test('a group for instances is made, and takes none: there are no instances', async () => {
    const { TargetGroups: [made] = [] } = await api.CreateTargetGroup({
      Name: 'instances',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: vpcId,
    });
    expect(made?.TargetType).toBe('instance');
    const TargetGroupArn = made?.TargetGroupArn;
    for (const Id of ['i-0123456789abcdef0', '127.77.1.5'])
      expect(await refusal(api.RegisterTargets({ TargetGroupArn, Targets: [{ Id }] }))).toBe(
        `InvalidTarget: The following targets are not valid instances: '${Id}'`,
      );
    expect(await states(TargetGroupArn!)).toEqual([]);
  });
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
  test('without a delay a target is gone at once', async () => {
    const group = await targetGroup();
    const { LoadBalancerArn } = await loadBalancer();
    await listener(LoadBalancerArn!, group);
    const Targets = [{ Id: '127.77.1.5' }];
    await api.RegisterTargets({ TargetGroupArn: group, Targets });
    await api.ModifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '0' }],
    });
    await api.DeregisterTargets({ TargetGroupArn: group, Targets });
    expect(await states(group)).toEqual([]);
    const asked = await api.DescribeTargetHealth({ TargetGroupArn: group, Targets });
    expect(asked.TargetHealthDescriptions?.[0]?.TargetHealth).toEqual({
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    });
  });
  test('the deregistration delay is counted by the clock', async () => {
    const group = await targetGroup();
    const { LoadBalancerArn } = await loadBalancer();
    await listener(LoadBalancerArn!, group);
    const Targets = [{ Id: '127.77.1.5' }];
    await api.RegisterTargets({ TargetGroupArn: group, Targets });
    Object.assign(region.region.plane.netd, { spawn: () => silentProgram });
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
