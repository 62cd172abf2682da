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
