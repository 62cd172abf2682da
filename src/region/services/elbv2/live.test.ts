import { createServer, get } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { scaledClock, systemClock } from '../../../common/clock.ts';
import { openStore } from '../../store/store.ts';
import {
  balancerProgram,
  groupIds,
  subnetIds,
  testRegion,
  until,
  vpcId,
  type TestRegion,
} from './test-region.ts';

let program = '';
beforeAll(async () => {
  program = await balancerProgram();
});
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(() => expect(ending).toEqual([]));

async function region(options: Parameters<typeof testRegion>[0] = {}): Promise<TestRegion> {
  const made = testRegion({ program, ...options });
  ending.push(made.stop);
  await made.service.start?.();
  return made;
}
async function upstream(address: string, status = () => 200) {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/health' ? status() : 200;
    response.end(`${address} ${request.socket.remoteAddress}`);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  ending.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as { port: number }).port;
}
const fetchText = (port: number, host = '127.0.0.1') =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    get({ port, host, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
      response.on('error', reject);
    }).on('error', reject);
  });

async function loadBalancer({ api }: TestRegion, name = 'web') {
  const { LoadBalancers = [] } = await api.CreateLoadBalancer({
    Name: name,
    Subnets: subnetIds,
    SecurityGroups: groupIds,
  });
  const { TargetGroups = [] } = await api.CreateTargetGroup({
    Name: name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpcId,
    TargetType: 'ip',
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
  });
  const arn = LoadBalancers[0]!.LoadBalancerArn!;
  const groupArn = TargetGroups[0]!.TargetGroupArn!;
  const { Listeners = [] } = await api.CreateListener({
    LoadBalancerArn: arn,
    Protocol: 'HTTP',
    Port: 18_080,
    DefaultActions: [{ Type: 'forward', TargetGroupArn: groupArn }],
  });
  return { arn, groupArn, listenerArn: Listeners[0]!.ListenerArn! };
}
const stateOf = async ({ api }: TestRegion, LoadBalancerArns: string[]) =>
  (await api.DescribeLoadBalancers({ LoadBalancerArns })).LoadBalancers?.[0]?.State?.Code;

test('a load balancer becomes active, serves its healthy targets from its own addresses, and leaves nothing behind', async () => {
  const made = await region();
  const { api, service, interfaces, mapping } = made;
  const { arn, groupArn, listenerArn } = await loadBalancer(made);
  expect(await stateOf(made, [arn])).toBe('provisioning');
  await until(async () => (await stateOf(made, [arn])) === 'active' && mapping.has(listenerArn));
  const port = mapping.get(listenerArn)!;
  expect((await fetchText(port)).status).toBe(503);

  const [a, b] = ['127.77.1.100', '127.77.2.100'] as const;
  const targets = [
    { Id: a, Port: await upstream(a) },
    { Id: b, Port: await upstream(b) },
  ];
  await api.RegisterTargets({ TargetGroupArn: groupArn, Targets: targets });
  const state = (index: number) =>
    service.internal.targetState(groupArn, targets[index]!.Id, targets[index]!.Port);
  expect(state(0)).toEqual({ state: 'initial', reason: 'Elb.RegistrationInProgress' });
  await until(() => state(0)?.state === 'healthy' && state(1)?.state === 'healthy');

  const [nodeA, nodeB] = [...interfaces.values()].map(({ privateAddress }) => privateAddress);
  const answers = await Promise.all([1, 2, 3, 4].map(() => fetchText(port)));
  expect(answers.map(({ text }) => text).sort()).toEqual([
    `${a} ${nodeA}`,
    `${a} ${nodeA}`,
    `${b} ${nodeB}`,
    `${b} ${nodeB}`,
  ]);
  // Inside the VPC it is reached at its private addresses and its own port.
  expect((await fetchText(18_080, nodeA)).status).toBe(200);
  expect(service.internal.zones()[0]?.records[0]?.values).toEqual([nodeA, nodeB]);

  await api.ModifyTargetGroupAttributes({
    TargetGroupArn: groupArn,
    Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '1' }],
  });
  await api.DeregisterTargets({ TargetGroupArn: groupArn, Targets: [targets[0]!] });
  expect(state(0)).toEqual({ state: 'draining', reason: 'Target.DeregistrationInProgress' });
  await until(() => state(0) === undefined);
  const after = await Promise.all([1, 2, 3].map(() => fetchText(port)));
  expect(after.map(({ text }) => text.split(' ')[0])).toEqual([b, b, b]);

  await api.DeleteLoadBalancer({ LoadBalancerArn: arn });
  await until(() => interfaces.size === 0 && made.children.every(({ signalCode }) => signalCode !== null));
  expect(mapping.size).toBe(0);
});

test('the groups decide over the host, rules over the request, and both change while it runs', async () => {
  const made = await region();
  const { api, rules, mapping, service } = made;
  const { listenerArn } = await loadBalancer(made);
  await until(() => mapping.has(listenerArn));
  const port = mapping.get(listenerArn)!;
  const { Rules = [] } = await api.CreateRule({
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', Values: ['/'] }],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'fixed' } }],
  });
  await until(async () => (await fetchText(port)).text === 'fixed');

  const [open] = rules.splice(0, 1, {
    protocol: 'tcp',
    ports: { from: 18_080, to: 18_080 },
    peer: { kind: 'cidr', cidr: '203.0.113.0/24' },
  });
  made.store.table('ec2/security-groups', { volatile: true }).put('sg-1', {});
  await until(() =>
    fetchText(port).then(
      () => false,
      () => true,
    ),
  );
  await until(() => service.internal.denials().length > 0);
  expect(service.internal.denials()[0]).toMatchObject({
    from: '127.0.0.1',
    port: 18_080,
    deciders: ['sg-1'],
    reason: 'ingress of sg-1 (sg-1)',
  });

  rules.splice(0, 1, open!);
  await api.ModifyRule({
    RuleArn: Rules[0]!.RuleArn,
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '418' } }],
  });
  await until(() =>
    fetchText(port).then(
      ({ status }) => status === 418,
      () => false,
    ),
  );
});

test('a program that dies is replaced: same port, same knowledge of its targets', async () => {
  const made = await region();
  const { api, mapping, service, children } = made;
  const { groupArn, listenerArn } = await loadBalancer(made);
  const address = '127.77.1.101';
  const target = { Id: address, Port: await upstream(address) };
  await api.RegisterTargets({ TargetGroupArn: groupArn, Targets: [target] });
  await until(() => service.internal.targetState(groupArn, address, target.Port)?.state === 'healthy');
  const port = mapping.get(listenerArn)!;
  children[0]!.kill('SIGKILL');
  await until(() => children.length === 2);
  const statuses = new Set<number | undefined>();
  await until(() =>
    fetchText(port).then(
      ({ status }) => {
        statuses.add(status);
        return true;
      },
      () => false,
    ),
  );
  expect([...statuses]).toEqual([200]);
});

test('after a restart of the region everything is there again', async () => {
  const store = openStore();
  const before = testRegion({ program, store });
  await before.service.start?.();
  const { arn, groupArn, listenerArn } = await loadBalancer(before);
  const address = '127.77.1.102';
  const target = { Id: address, Port: await upstream(address) };
  await before.api.RegisterTargets({ TargetGroupArn: groupArn, Targets: [target] });
  await until(async () => (await stateOf(before, [arn])) === 'active');
  const interfaces = [...before.interfaces.keys()];
  await before.stop();

  const after = await region({ store });
  await until(() => after.mapping.has(listenerArn));
  await until(async () => (await fetchText(after.mapping.get(listenerArn)!)).status === 200);
  expect([...after.interfaces.keys()]).toEqual(interfaces);
});

test('other groups and other subnets: new interfaces first, then the old ones go', async () => {
  const made = await region();
  const { api, interfaces, mapping } = made;
  const { arn, groupArn, listenerArn } = await loadBalancer(made);
  const address = '127.77.4.100';
  const target = { Id: address, Port: await upstream(address) };
  await api.RegisterTargets({ TargetGroupArn: groupArn, Targets: [target] });
  await until(async () => (await stateOf(made, [arn])) === 'active');
  expect(made.service.internal.targetState(groupArn, address, target.Port)?.state).toBe('unused');

  await api.SetSecurityGroups({ LoadBalancerArn: arn, SecurityGroups: ['sg-2'] });
  await api.SetSubnets({ LoadBalancerArn: arn, Subnets: ['subnet-a', 'subnet-c'] });
  const present = () =>
    [...interfaces.values()].map(({ subnetId, groupIds }) => `${subnetId} ${groupIds.join()}`).sort();
  await until(() => present().join() === 'subnet-a sg-2,subnet-c sg-2');
  await until(() => made.service.internal.targetState(groupArn, address, target.Port)?.state === 'healthy');
  const node = [...interfaces.values()].find(({ subnetId }) => subnetId === 'subnet-c')!.privateAddress;
  expect((await fetchText(mapping.get(listenerArn)!)).text).toBe(`${address} ${node}`);
});

test("time goes as fast in the program as in the region: under AWS's pace the second check comes after its interval", async () => {
  const timeScale = 60;
  const clock = scaledClock(systemClock, timeScale);
  const made = await region({ clock, pace: 'aws', timeScale });
  const { groupArn } = await loadBalancer(made);
  const looks: number[] = [];
  const address = '127.77.1.103';
  const port = await upstream(address, () => (looks.push(clock.now()) < 2 ? 503 : 200));
  await made.api.ModifyTargetGroup({ TargetGroupArn: groupArn, HealthCheckIntervalSeconds: 60 });
  await made.api.RegisterTargets({ TargetGroupArn: groupArn, Targets: [{ Id: address, Port: port }] });
  await until(() => made.service.internal.targetState(groupArn, address, port)?.state === 'healthy');
  // One second of the machine's; a program that is not told so would take a minute.
  expect(looks[1]! - looks[0]!).toBeGreaterThan(30_000);
  expect(looks).toHaveLength(2);
});

test('what is served is measured', async () => {
  const made = await region();
  const { groupArn, listenerArn } = await loadBalancer(made);
  const address = '127.77.1.104';
  await made.api.RegisterTargets({
    TargetGroupArn: groupArn,
    Targets: [{ Id: address, Port: await upstream(address) }],
  });
  await until(() => made.mapping.has(listenerArn));
  const port = made.mapping.get(listenerArn)!;
  await until(async () => (await fetchText(port)).status === 200);
  const sum = (metric: string, dimensions: number) =>
    made.measured
      .filter((one) => one.metric === metric && Object.keys(one.dimensions).length === dimensions)
      .reduce((total, { value }) => total + value, 0);
  for (let count = 0; count < 5; count++) await fetchText(port);
  // Those before the first 200 had no target, and were no requests of the group's.
  await until(() => sum('RequestCount', 2) >= 6);
  expect(sum('RequestCount', 2)).toBe(6);
  expect(sum('HTTPCode_Target_2XX_Count', 1)).toBe(sum('RequestCount', 1));
  expect(sum('RequestCountPerTarget', 1)).toBe(sum('RequestCount', 2));
});
