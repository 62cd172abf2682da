import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { balancerProgram, subnetIds, testRegion, until, vpcId, type TestRegion } from './test-region.ts';

// One listener, two services behind it, and a rule of every kind, by the API and through the program.
const ending: (() => Promise<void> | void)[] = [];
let region: TestRegion;
let port = 0;
let listenerArn = '';
const groups: Record<string, string> = {};

async function service(name: string, address: string): Promise<string> {
  const server = createServer((_request, response) => response.end(name));
  await new Promise<void>((resolve) => server.listen(0, address, () => resolve()));
  ending.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { TargetGroups = [] } = await region.api.CreateTargetGroup({
    Name: name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpcId,
    TargetType: 'ip',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
  });
  const TargetGroupArn = TargetGroups[0]!.TargetGroupArn!;
  const Port = (server.address() as { port: number }).port;
  await region.api.RegisterTargets({ TargetGroupArn, Targets: [{ Id: address, Port }] });
  return TargetGroupArn;
}
const fixed = (MessageBody: string): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '200', MessageBody },
});
const to = (name: string): Action => ({ Type: 'forward', TargetGroupArn: groups[name] });
const rule = (Priority: number, action: Action, ...Conditions: RuleCondition[]) =>
  region.api.CreateRule({ ListenerArn: listenerArn, Priority, Conditions, Actions: [action] });

beforeAll(async () => {
  region = testRegion({ program: await balancerProgram() });
  ending.push(() => region.stop());
  await region.service.start?.();
  const { LoadBalancers = [] } = await region.api.CreateLoadBalancer({ Name: 'web', Subnets: subnetIds });
  for (const [index, name] of ['shop', 'blog'].entries())
    groups[name] = await service(name, `127.77.1.${200 + index}`);
  const { Listeners = [] } = await region.api.CreateListener({
    LoadBalancerArn: LoadBalancers[0]!.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 18_081,
    DefaultActions: [fixed('default')],
  });
  listenerArn = Listeners[0]!.ListenerArn!;
  await rule(20, to('blog'), { Field: 'path-pattern', Values: ['/blog*'] });
  await rule(10, to('shop'), { Field: 'host-header', Values: ['shop.*'] });
  await rule(
    15,
    fixed('both'),
    { Field: 'path-pattern', Values: ['/both'] },
    { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT', 'POST'] } },
  );
  await rule(30, fixed('header'), {
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'X-Beta', Values: ['y*'] },
  });
  await rule(31, fixed('query'), {
    Field: 'query-string',
    QueryStringConfig: { Values: [{ Key: 'v', Value: '2' }] },
  });
  await rule(
    32,
    fixed('near'),
    { Field: 'source-ip', SourceIpConfig: { Values: ['127.0.0.0/8'] } },
    { Field: 'path-pattern', Values: ['/near'] },
  );
  await rule(
    33,
    fixed('far'),
    { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    { Field: 'path-pattern', Values: ['/far'] },
  );
  await rule(
    34,
    {
      Type: 'redirect',
      RedirectConfig: { StatusCode: 'HTTP_302', Path: '/new/#{path}', Query: 'from=#{query}' },
    },
    { Field: 'path-pattern', Values: ['/old/*'] },
  );
  await rule(
    35,
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: groups.shop, Weight: 3 },
          { TargetGroupArn: groups.blog, Weight: 1 },
        ],
      },
    },
    { Field: 'path-pattern', Values: ['/split'] },
  );
  await until(() => region.mapping.has(listenerArn));
  port = region.mapping.get(listenerArn)!;
  await until(
    async () =>
      (await ask('/', { host: 'shop.test' })).text === 'shop' && (await ask('/blog')).text === 'blog',
  );
});
afterAll(async () => {
  for (const end of ending.reverse()) await end();
});
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ readonly text: string; readonly location: string | undefined }>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ text, location: response.headers.location }));
    })
      .on('error', reject)
      .end();
  });

describe('a listener that services share', () => {
  test.each([
    ['the lower number first', '/blog', { host: 'shop.test' }, 'GET', 'shop'],
    ['by host, in any case', '/', { host: 'SHOP.example' }, 'GET', 'shop'],
    ['by path', '/blog/1?x=y', {}, 'GET', 'blog'],
    ['paths are told apart by case', '/Blog', {}, 'GET', 'default'],
    ['all conditions of a rule', '/both', {}, 'POST', 'both'],
    ['not one of them', '/both', {}, 'GET', 'default'],
    ['by header', '/', { 'x-beta': 'yes' }, 'GET', 'header'],
    ['by query', '/?a=1&v=2', {}, 'GET', 'query'],
    ['by source', '/near', {}, 'GET', 'near'],
    ['not by a source that it is not', '/far', {}, 'GET', 'default'],
    ['the default else', '/', {}, 'GET', 'default'],
  ])('%s', async (_, path, headers: Record<string, string>, method, expected) => {
    expect((await ask(path, headers, method)).text).toBe(expected);
  });
  test('a redirect carries the parts of the request', async () => {
    expect((await ask('/old/a?b=c')).location).toBe(`http://127.0.0.1:${port}/new/old/a?from=b=c`);
  });
  test('weights are shares', async () => {
    const texts: string[] = [];
    for (let count = 0; count < 8; count++) texts.push((await ask('/split')).text);
    expect(texts.filter((text) => text === 'shop')).toHaveLength(6);
    expect(texts.filter((text) => text === 'blog')).toHaveLength(2);
  });
  test('a sticky group cannot be one of several', async () => {
    const sticky = region.api.ModifyTargetGroupAttributes({
      TargetGroupArn: groups.shop,
      Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
    });
    await expect(sticky).rejects.toThrow(/enable target group stickiness on the action/);
  });
  test('new priorities are in force at once', async () => {
    const { Rules = [] } = await region.api.DescribeRules({ ListenerArn: listenerArn });
    const arn = (priority: string) => Rules.find(({ Priority }) => Priority === priority)?.RuleArn;
    await region.api.SetRulePriorities({
      RulePriorities: [
        { RuleArn: arn('10'), Priority: 21 },
        { RuleArn: arn('20'), Priority: 11 },
      ],
    });
    await until(async () => (await ask('/blog', { host: 'shop.test' })).text === 'blog');
  });
});
