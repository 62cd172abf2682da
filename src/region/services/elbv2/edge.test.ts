import { connect } from 'node:net';
import { createSocket } from 'node:dgram';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../common/clock.ts';
import type { NetworkInterface, SecurityGroup, Topology } from '../../../topology/model.ts';
import { createApis } from '../../gateway/apis.ts';
import { createHostPorts } from '../../host-ports.ts';
import type { Denial } from '../../network/network.ts';
import { liveNetwork, type LiveNetwork } from '../../network/testing/live-network.ts';
import { groupOf, interfaceOf, subnetOf, topologyOf } from '../../network/testing/topology.ts';
import type { Region } from '../../region.ts';
import { openStore } from '../../store/store.ts';
import { createElbv2 } from './index.ts';
import { balancerProgram, until } from './test-region.ts';

// A network load balancer with its addresses, its groups and its program in the kernel, and targets in namespaces of their own.
const port = (protocol: string, number: number, peer: SecurityGroup['ingress'][number]['peer']) => ({
  protocol,
  ports: { from: number, to: number },
  peer,
});
const anyone = { kind: 'cidr', cidr: '0.0.0.0/0' } as const;
const fromBalancer = { kind: 'group', groupId: 'sg-lb' } as const;
const open = [port('tcp', 7000, anyone), port('udp', 7000, anyone)];
let ingress: SecurityGroup['ingress'] = [];
let targetIngress: SecurityGroup['ingress'] = [];
const interfaces: NetworkInterface[] = [];

const topology = (): Topology =>
  topologyOf({
    subnets: [subnetOf(1), subnetOf(2, { zone: 'b' })],
    securityGroups: [
      groupOf('sg-lb', { ingress }),
      groupOf('sg-target', { ingress: targetIngress }),
      groupOf('sg-client'),
    ],
    internetGateways: [{ id: 'igw-1', vpcIds: ['vpc-1'] }],
    interfaces: [
      interfaceOf('one', '10.0.1.50', ['sg-target']),
      interfaceOf('client', '10.0.1.60', ['sg-client']),
      ...interfaces,
    ],
  });

let net: LiveNetwork;
let stop: () => Promise<void>;
let hostPort: number;
let denials: () => readonly Denial[];
let nodes: readonly string[];
let region: Region;

beforeAll(async () => {
  net = await liveNetwork();
  const store = openStore();
  const hostPorts = createHostPorts(store);
  region = {
    identity: {
      accountId: '123456789012',
      region: 'us-east-1',
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
      stateDirectory: '',
    },
    clock: systemClock,
    store,
    log: (message: string) => void (process.env.FAIRWAY_TEST_LOG && process.stderr.write(`${message}\n`)),
    internal: {
      ec2: {
        topology,
        createRequesterInterface(wanted: { subnetId: string; groupIds: string[]; description: string }) {
          const number = wanted.subnetId.slice(-1);
          const made = interfaceOf(`lb-${number}`, `10.0.${number}.10`, wanted.groupIds, {
            subnetId: wanted.subnetId,
            description: wanted.description,
            zone: number === '1' ? 'a' : 'b',
          });
          interfaces.push(made);
          return { id: made.id, privateAddress: made.privateAddress, macAddress: '' };
        },
        deleteRequesterInterface: () => {},
      },
    },
    plane: { netd: net.netd, hostPorts, network: { settled: () => net.set(topology()) } },
  } as unknown as Region;
  const service = createElbv2(region, {
    balancerProgram: await balancerProgram(),
    nodePath: process.execPath,
  });
  const api = createApis({ elbv2: service.handlers }, region.identity).elbv2;
  await allow(open, [port('tcp', 7000, fromBalancer), port('udp', 7000, fromBalancer)]);
  await serveTarget();
  await service.start?.();
  stop = async () => service.stop?.();
  denials = service.internal.denials;
  const { LoadBalancers: [balancer] = [] } = await api.CreateLoadBalancer({
    Name: 'edge',
    Type: 'network',
    Subnets: ['subnet-1', 'subnet-2'],
    SecurityGroups: ['sg-lb'],
  });
  const { TargetGroups: [group] = [] } = await api.CreateTargetGroup({
    Name: 'edge',
    Protocol: 'TCP_UDP',
    Port: 7000,
    VpcId: 'vpc-1',
    TargetType: 'ip',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
  });
  const TargetGroupArn = group?.TargetGroupArn;
  const { Listeners: [listener] = [] } = await api.CreateListener({
    LoadBalancerArn: balancer?.LoadBalancerArn,
    Protocol: 'TCP_UDP',
    Port: 7000,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  });
  await api.RegisterTargets({ TargetGroupArn, Targets: [{ Id: '10.0.1.50' }] });
  await until(
    async () =>
      service.internal.targetState(TargetGroupArn!, '10.0.1.50', 7000)?.state === 'healthy' &&
      hostPorts.mapping.has(listener!.ListenerArn!),
  );
  hostPort = hostPorts.mapping.get(listener!.ListenerArn!)!;
  nodes = service.internal.zones()[0]?.records[0]?.values ?? [];
});
afterAll(async () => {
  await stop?.();
  await net?.stop();
});

async function allow(wanted: SecurityGroup['ingress'], wantedTarget: SecurityGroup['ingress']) {
  ingress = wanted;
  targetIngress = wantedTarget;
  await net.set(topology());
  region.store.table('ec2/security-groups', { volatile: true }).put('sg-lb', {});
}

/** Echoes TCP and UDP on port 7000 of the target, after the address it was asked from. */
async function serveTarget(): Promise<void> {
  const { namespaceOf } = await import('../../network/namespace.ts');
  const inside = net.netd.spawn(
    [
      process.execPath,
      '-e',
      `const udp = require('node:dgram').createSocket('udp4');
       udp.on('message', (text, peer) => udp.send(peer.address + ' ' + text, peer.port, peer.address));
       udp.bind(7000, '0.0.0.0', () => require('node:net').createServer((socket) => {
         socket.on('error', () => {});
         socket.on('data', (text) => socket.end(socket.remoteAddress + ' ' + text));
       }).listen(7000, '0.0.0.0', () => console.log('listening')));`,
    ],
    { network: namespaceOf('one') },
  );
  await new Promise<void>((resolve) => inside.onStdout(() => resolve()));
}
const overTcp = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(hostPort, '127.0.0.1');
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('data', (chunk) => resolve(String(chunk)));
    socket.write(text);
  });
/** Asks until an answer comes or `given` is over: datagrams may be lost. */
function overUdp(text: string, given = 5000): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const again = setInterval(() => socket.send(text, hostPort, '127.0.0.1'), 100);
    const end = (answer: string) => {
      clearInterval(again);
      clearTimeout(late);
      socket.close();
      resolve(answer);
    };
    const late = setTimeout(() => end('timeout'), given);
    socket.on('message', (answer) => end(String(answer)));
  });
}
const inVpc = (to: string) =>
  net.script(
    'client',
    `const socket = require('node:dgram').createSocket('udp4');
     socket.on('message', (text) => { console.log(String(text)); process.exit(0); });
     setInterval(() => socket.send('vpc', 7000, '${to}'), 100);
     setTimeout(() => { console.log('timeout'); process.exit(0); }, 1500);`,
  );

test('the host reaches the target by TCP and UDP on one port, from the address of the zone', async () => {
  expect(await overTcp('hello')).toBe('10.0.1.10 hello');
  expect(await overUdp('hello')).toBe('10.0.1.10 hello');
  // The zone without a healthy target has left DNS.
  expect(nodes).toEqual(['10.0.1.10']);
});

test('a task of the VPC reaches it too', async () => {
  expect(await inVpc('10.0.1.10')).toBe('10.0.1.10 vpc');
});

test('its own groups decide who comes in', async () => {
  await allow(
    [port('tcp', 7000, anyone)],
    [port('tcp', 7000, fromBalancer), port('udp', 7000, fromBalancer)],
  );
  await until(async () => (await overUdp('x', 300)) === 'timeout');
  expect(await overTcp('x')).toBe('10.0.1.10 x');
  expect(await inVpc('10.0.1.10')).toBe('timeout');
  await until(() => denials().some(({ protocol, from }) => protocol === 'udp' && from === '127.0.0.1'));
  expect(denials().find(({ protocol }) => protocol === 'udp')).toMatchObject({
    port: 7000,
    reason: 'ingress of sg-lb',
  });
  expect((await net.denials()).find(({ from }) => from === '10.0.1.60')).toMatchObject({
    protocol: 'udp',
    to: '10.0.1.10',
    reason: 'ingress of sg-lb',
  });
});

test('the target’s groups decide too: over the load balancer in the kernel, over the client as AWS shows it to them', async () => {
  await allow(open, [port('tcp', 7000, fromBalancer)]);
  await until(async () => (await overUdp('x', 300)) === 'timeout');
  expect(await overTcp('x')).toBe('10.0.1.10 x');
  // A range that holds the load balancer and not its clients is not enough where their addresses are preserved.
  const range = { kind: 'cidr', cidr: '10.0.0.0/16' } as const;
  await allow(open, [port('tcp', 7000, range), port('udp', 7000, range)]);
  await until(async () => (await overTcp('x')) === 'ECONNRESET');
  expect(await inVpc('10.0.1.10')).toBe('10.0.1.10 vpc');
  await allow(open, open);
  await until(async () => (await overTcp('x')) === '10.0.1.10 x');
});
