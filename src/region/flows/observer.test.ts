import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../common/clock.ts';
import type { NetworkInterface } from '../../topology/model.ts';
import { liveNetwork, type LiveNetwork } from '../network/testing/live-network.ts';
import {
  everything,
  groupOf,
  interfaceOf,
  localRoute,
  routeTo,
  subnetOf,
  tcpFrom,
  topologyOf,
} from '../network/testing/topology.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Holder, SeenFlow } from './model.ts';
import { startObserver, type Observer } from './observer.ts';

const outside = '198.51.100.80';
const all = ['web', 'api', 'lb', 'closed'].map((name, index) =>
  interfaceOf(name, `10.0.1.${5 + index}`, [name === 'closed' ? 'sg-closed' : 'sg'], {
    ...(name === 'web' ? { publicAddress: '203.0.113.5' } : {}),
    ...(name === 'lb' ? { description: 'ELB app/front/1' } : {}),
  }),
);
let interfaces: readonly NetworkInterface[] = all;
const holders = new Map<string, Holder>();
let net: LiveNetwork;
let far: Server;

beforeAll(async () => {
  far = createServer((socket) => socket.end('far'));
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', () => resolve()));
  net = await liveNetwork({ outside: { [outside]: '127.0.0.1' } });
});
afterAll(async () => {
  await net?.stop();
  far?.close();
});
const topology = () =>
  topologyOf({
    subnets: [subnetOf(1)],
    routeTables: [
      { id: 'rtb-1', vpcId: 'vpc-1', routes: [localRoute(), routeTo('internet-gateway', 'igw-1')] },
    ],
    internetGateways: [{ id: 'igw-1', vpcIds: ['vpc-1'] }],
    securityGroups: [
      groupOf('sg', { ingress: [everything] }),
      groupOf('sg-closed', { ingress: [tcpFrom('sg-nobody', 80)] }),
    ],
    interfaces,
  });
const hold = (address: string, name: string, kind: Holder['kind'] = 'service') =>
  void holders.set(`vpc-1 ${address}`, { name, kind });

let running: { readonly observer: Observer; readonly store: Store } | undefined;
afterEach(async () => {
  await running?.observer.stop();
  await net.network.observe([]);
});
async function observe(): Promise<{ readonly observer: Observer; readonly store: Store }> {
  interfaces = all;
  await net.set(topology());
  holders.clear();
  for (const { privateAddress, description } of all)
    if (description.startsWith('ELB')) hold(privateAddress, 'front', 'load-balancer');
    else hold(privateAddress, description);
  const store = openStore();
  const observer = startObserver({
    store,
    clock: systemClock,
    log: () => {},
    network: net.network,
    vpcs: async () => ['vpc-1'],
    holders: async () => holders,
    place: (_vpcId, address) =>
      address === '10.0.0.2' ? 'resolver' : address.startsWith('10.0.') ? 'inside' : 'outside',
  });
  running = { observer, store };
  return running;
}
const brief = ({ kind, from, to, protocol, port, count }: SeenFlow) =>
  `${kind} ${from.name ?? from.address} → ${to.name ?? to.address} ${protocol}/${port} ×${count}`;
const seen = async (observer: Observer) => (await observer.flows('shop')).map(brief).sort();
const datagrams = (holder: string, to: string, port: number) =>
  net.script(
    holder,
    `const socket = require('node:dgram').createSocket('udp4');
     socket.on('message', () => process.exit(0));
     socket.send('x', ${port}, '${to}', () => setTimeout(() => process.exit(0), 50));`,
  );

test('every flow that began is there once, by the names of its ends and its kind, and no other', async () => {
  const { observer } = await observe();
  await Promise.all([net.listen('api', 80), net.listen('web', 80)]);
  // Before anyone asked to observe, and without leave: neither is seen.
  expect(await net.connect('api', '10.0.1.5', 80)).toBe('open');
  await observer.observe('shop', true);
  expect(await net.connect('web', '10.0.1.8', 80)).toBe('timeout');
  expect(await net.connect('web', '10.0.1.6', 80)).toBe('open');
  expect(await net.connect('web', '10.0.1.6', 80)).toBe('open');
  expect(await net.connect('web', '10.0.1.6', 81)).toBe('ECONNREFUSED');
  expect(await net.connect('ELB app/front/1', '10.0.1.5', 80)).toBe('open');
  expect(await net.connect('web', '10.0.1.7', 80)).toBe('ECONNREFUSED');
  expect(await net.connect('web', outside, (far.address() as AddressInfo).port)).toBe('open');
  await datagrams('web', '10.0.1.6', 8125);
  await datagrams('web', '10.0.0.2', 53);
  const expected = [
    'load-balancer front → web tcp/80 ×1',
    `outside web → ${outside} tcp/${(far.address() as AddressInfo).port} ×1`,
    'resolver web → 10.0.0.2 udp/53 ×1',
    'service web → api tcp/80 ×2',
    'service web → api tcp/81 ×1',
    'service web → api udp/8125 ×1',
    'to-load-balancer web → front tcp/80 ×1',
  ];
  expect(await seen(observer)).toEqual(expected);
  // Looking changes nothing, and when it ends nothing more is added.
  expect(await seen(observer)).toEqual(expected);
  await observer.observe('shop', false);
  expect(await net.connect('web', '10.0.1.6', 80)).toBe('open');
  expect(await seen(observer)).toEqual(expected);
  expect(observer.isObserved('shop')).toBe(false);
  await observer.observe('shop', true);
  expect(await seen(observer)).toEqual([]);
});

test('a flow keeps the names of its time when its tasks are gone and another has the address', async () => {
  const { observer, store } = await observe();
  await net.listen('api', 82);
  await observer.observe('shop', true);
  expect(await net.connect('web', '10.0.1.6', 82)).toBe('open');
  // The task of `web` ends, and one of `jobs` gets its address.
  interfaces = all.filter(({ description }) => description !== 'web');
  store.table('ec2/network-interfaces').put('eni-web', {});
  await observer.flows('shop');
  await net.set(topology());
  interfaces = [...interfaces, interfaceOf('jobs', '10.0.1.5', ['sg'])];
  hold('10.0.1.5', 'jobs');
  store.table('ec2/network-interfaces').put('eni-jobs', {});
  await observer.flows('shop');
  await net.set(topology());
  expect(await net.connect('jobs', '10.0.1.6', 82)).toBe('open');
  expect(await net.connect('jobs', '10.0.1.6', 82)).toBe('open');
  expect(await seen(observer)).toEqual(['service jobs → api tcp/82 ×2', 'service web → api tcp/82 ×1']);
});
