import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../topology/model.ts';
import { namespaceOf } from './namespace.ts';
import { liveNetwork, type LiveNetwork } from './testing/live-network.ts';
import {
  anywhere,
  everything,
  groupOf,
  interfaceOf,
  tcpFrom,
  topologyOf,
  vpcOf,
} from './testing/topology.ts';

let net: LiveNetwork;
beforeAll(async () => {
  net = await liveNetwork();
});
afterAll(() => net.stop());

const base: Topology = topologyOf({
  securityGroups: [
    groupOf('sg-web'),
    groupOf('sg-api', { ingress: [tcpFrom('sg-web', 5000)] }),
    groupOf('sg-redis', { name: 'jobs-redis', ingress: [tcpFrom('sg-api', 6379)] }),
  ],
  interfaces: [
    interfaceOf('web', '10.0.1.5', ['sg-web']),
    interfaceOf('api', '10.0.1.6', ['sg-api']),
    interfaceOf('redis', '10.0.2.7', ['sg-redis'], { subnetId: 'subnet-2' }),
  ],
});
/** The base with one group, or one interface's groups, otherwise. */
const withGroup = (group: ReturnType<typeof groupOf>, of = base): Topology => ({
  ...of,
  securityGroups: [...of.securityGroups.filter(({ id }) => id !== group.id), group],
});
const withGroups = (holder: string, groupIds: readonly string[], of = base): Topology => ({
  ...of,
  interfaces: of.interfaces.map((eni) => (eni.description === holder ? { ...eni, groupIds } : eni)),
});
const reasonOf = async (from: string, to: string, port: number) =>
  (await net.denials()).find((denial) => denial.from === from && denial.to === to && denial.port === port)
    ?.reason;

describe('security groups', () => {
  beforeAll(async () => {
    await net.set(base);
    await Promise.all([
      net.listen('api', 5000),
      net.listen('redis', 6379),
      net.listen('redis', 7000),
      net.listen('web', 80),
    ]);
  });

  it('let through what a rule by reference allows, drop the rest and say who did', async () => {
    await net.set(base);
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('open');
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('timeout');
    expect(await net.connect('api', '10.0.2.7', 7000)).toBe('timeout');
    const denial = (await net.denials()).find(({ from }) => from === '10.0.1.5');
    expect(denial).toMatchObject({
      vpcId: 'vpc-1',
      to: '10.0.2.7',
      protocol: 'tcp',
      port: 6379,
      reason: 'ingress of sg-redis (jobs-redis)',
      deciders: ['sg-redis'],
    });
    expect(Math.abs((denial?.lastSeen ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('keep what was denied when rules change', async () => {
    await net.set(withGroup(groupOf('sg-web', { name: 'renamed' })));
    expect(await reasonOf('10.0.1.5', '10.0.2.7', 6379)).toBe('ingress of sg-redis (jobs-redis)');
  });

  it('are two gates: the sender may be held back where the receiver would admit it', async () => {
    await net.set(withGroup(groupOf('sg-api', { egress: [], ingress: [tcpFrom('sg-web', 5000)] })));
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('timeout');
    expect(await reasonOf('10.0.1.6', '10.0.2.7', 6379)).toBe('egress of sg-api');
    // Its answers are no new flows.
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    await net.set(
      withGroup(
        groupOf('sg-api', {
          egress: [
            {
              protocol: 'tcp',
              ports: { from: 6000, to: 6400 },
              peer: { kind: 'group', groupId: 'sg-redis' },
            },
          ],
        }),
      ),
    );
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('open');
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('timeout');
  });

  it('add up on one interface', async () => {
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('timeout');
    await net.set(withGroups('web', ['sg-web', 'sg-api']));
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('open');
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    await net.set(withGroups('web', ['sg-web']));
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('timeout');
  });

  it('do not let members talk among themselves, but by a rule', async () => {
    const together = withGroups('redis', ['sg-api']);
    await net.set(together);
    expect(await net.connect('api', '10.0.2.7', 7000)).toBe('timeout');
    await net.set(withGroup(groupOf('sg-api', { ingress: [tcpFrom('sg-api', 7000)] }), together));
    expect(await net.connect('api', '10.0.2.7', 7000)).toBe('open');
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('timeout');
  });

  it('match CIDRs and prefix lists', async () => {
    const open = groupOf('sg-redis', {
      ingress: [
        { protocol: 'tcp', ports: { from: 6379, to: 6379 }, peer: { kind: 'cidr', cidr: '10.0.1.5/32' } },
        {
          protocol: 'tcp',
          ports: { from: 7000, to: 7000 },
          peer: { kind: 'prefix-list', prefixListId: 'pl-1' },
        },
      ],
    });
    await net.set({
      ...withGroup(open),
      prefixLists: [{ id: 'pl-1', name: 'api', cidrs: ['10.0.1.6/32', '10.0.1.0/31'] }],
    });
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('open');
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('timeout');
    expect(await net.connect('api', '10.0.2.7', 7000)).toBe('open');
    expect(await net.connect('web', '10.0.2.7', 7000)).toBe('timeout');
  });

  it('judge UDP apart from TCP', async () => {
    const send = `
      const socket = require('node:dgram').createSocket('udp4');
      socket.on('message', (m) => { console.log(String(m)); process.exit(0); });
      setTimeout(() => { console.log('timeout'); process.exit(0); }, 500);
      socket.send('hello', 9000, '10.0.2.7');`;
    const echo = net.netd.spawn(
      [
        process.execPath,
        '-e',
        `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m, r) => s.send(m, r.port, r.address)); s.bind(9000, () => console.log('up'));`,
      ],
      { network: namespaceOf('redis') },
    );
    await new Promise<void>((resolve) => echo.onStdout(() => resolve()));
    await net.set(withGroup(groupOf('sg-redis', { ingress: [{ protocol: 'tcp', peer: anywhere }] })));
    expect(await net.script('web', send)).toBe('timeout');
    await net.set(
      withGroup(
        groupOf('sg-redis', {
          ingress: [{ protocol: 'udp', ports: { from: 9000, to: 9000 }, peer: anywhere }],
        }),
      ),
    );
    expect(await net.script('web', send)).toBe('hello');
    expect(await net.connect('web', '10.0.2.7', 7000)).toBe('timeout');
  });

  it('leave a flow alone whose rule is taken away, and admit no new one', async () => {
    await net.set(base);
    const flow = net.netd.spawn(
      [
        process.execPath,
        '-e',
        `const s = require('node:net').connect(6379, '10.0.2.7');
         s.on('data', (d) => console.log(String(d).trim()));
         process.stdin.on('data', (d) => s.write(d));`,
      ],
      { network: namespaceOf('api') },
    );
    const lines: string[] = [];
    let heard = () => {};
    flow.onStdout((chunk) => {
      lines.push(chunk.toString().trim());
      heard();
    });
    const next = (count: number) =>
      new Promise<void>((resolve) => {
        heard = () => lines.length >= count && resolve();
        heard();
      });
    await next(1);
    await net.set(withGroup(groupOf('sg-redis')));
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('timeout');
    flow.write('still here\n');
    await next(2);
    expect(lines).toEqual(['10.0.1.6', 'still here']);
    await flow.signal('SIGKILL');
  });

  it('drop what claims to come from another address', async () => {
    await net.set(withGroup(groupOf('sg-redis', { ingress: [everything] })));
    await net.netd.run(['/usr/bin/env', 'ip', 'addr', 'add', '10.0.1.99/32', 'dev', 'eth0'], {
      network: namespaceOf('web'),
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    expect(await net.connect('web', '10.0.2.7', 7000)).toBe('open');
    expect(await net.connect('web', '10.0.2.7', 7000, { from: '10.0.1.99' })).toBe('timeout');
    expect(await reasonOf('10.0.1.99', '10.0.2.7', 7000)).toContain('source/destination check');
  });
});

describe('VPCs', () => {
  it('with the same addresses do not see each other', async () => {
    const other = 'vpc-2';
    const twin: Topology = {
      ...base,
      vpcs: [...base.vpcs, vpcOf(other)],
      subnets: [
        ...base.subnets,
        { ...base.subnets[0]!, id: 'subnet-9', vpcId: other, routeTableId: 'rtb-9', networkAclId: 'acl-9' },
      ],
      routeTables: [...base.routeTables, { ...base.routeTables[0]!, id: 'rtb-9', vpcId: other }],
      networkAcls: [...base.networkAcls, { ...base.networkAcls[0]!, id: 'acl-9', vpcId: other }],
      securityGroups: [...base.securityGroups, groupOf('sg-9', { vpcId: other, ingress: [everything] })],
      interfaces: [
        ...base.interfaces,
        interfaceOf('twin-web', '10.0.1.5', ['sg-9'], { vpcId: other, subnetId: 'subnet-9' }),
        interfaceOf('twin-api', '10.0.1.6', ['sg-9'], { vpcId: other, subnetId: 'subnet-9' }),
      ],
    };
    await net.set(twin);
    await net.listen('twin-api', 5001);
    expect(await net.connect('twin-web', '10.0.1.6', 5001)).toBe('open');
    expect(await net.connect('twin-web', '10.0.1.6', 5000)).toBe('ECONNREFUSED');
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    expect(await net.connect('web', '10.0.1.6', 5001)).toBe('timeout');
    await net.set(base);
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
  });

  it('give one holder several interfaces, each answering by itself', async () => {
    const balancer = 'ELB app/web/1';
    const topology: Topology = {
      ...base,
      interfaces: [
        ...base.interfaces,
        interfaceOf('lb-1', '10.0.1.20', ['sg-web'], { description: balancer }),
        interfaceOf('lb-2', '10.0.2.20', ['sg-lb2'], { description: balancer, subnetId: 'subnet-2' }),
      ],
      securityGroups: [...base.securityGroups, groupOf('sg-lb2', { ingress: [everything] })],
    };
    await net.set(topology);
    await net.listen(balancer, 8080);
    expect(await net.connect('web', '10.0.2.20', 8080)).toBe('open');
    expect(await net.connect('web', '10.0.1.20', 8080)).toBe('timeout');
    expect(await net.connect(balancer, '10.0.1.6', 5000)).toBe('open');
    expect(await net.connect(balancer, '10.0.1.6', 5000, { from: '10.0.2.20' })).toBe('timeout');
    expect(await reasonOf('10.0.2.20', '10.0.1.6', 5000)).toBe('ingress of sg-api');
    await net.set({ ...topology, interfaces: topology.interfaces.filter(({ id }) => id !== 'eni-lb-1') });
    expect(await net.connect('web', '10.0.2.20', 8080)).toBe('open');
    expect(await net.connect(balancer, '10.0.1.6', 5000)).toBe('timeout');
    expect(await net.connect('web', '10.0.1.20', 8080)).toBe('timeout');
  });

  it('lose an interface at once, with its namespace', async () => {
    await net.set(base);
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    await net.set({
      ...base,
      interfaces: base.interfaces.filter(({ description }) => description !== 'api'),
    });
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('timeout');
    expect(await reasonOf('10.0.1.5', '10.0.1.6', 5000)).toBe('no interface has this address');
    const { stdout } = await net.netd.run(['/bin/ls', '/run/netns']);
    expect(stdout.split('\n')).toContain(namespaceOf('web'));
    expect(stdout.split('\n')).not.toContain(namespaceOf('api'));
  });
});
