import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AclEntry, Route, Topology } from '../../topology/model.ts';
import { liveNetwork, type LiveNetwork } from './testing/live-network.ts';
import {
  allowAll,
  everything,
  groupOf,
  interfaceOf,
  localRoute,
  routeTo,
  subnetOf,
  topologyOf,
} from './testing/topology.ts';

const outside = '203.0.113.10';
const elsewhere = '203.0.113.11';
let net: LiveNetwork;
let server: Server;
let port: number;
let closed: number;
beforeAll(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.write('hello\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  const spare = createServer();
  await new Promise<void>((resolve) => void spare.listen(0, '127.0.0.1', resolve));
  closed = (spare.address() as AddressInfo).port;
  spare.close();
  net = await liveNetwork({
    outside: { [outside]: '127.0.0.1', [elsewhere]: '127.0.0.1', '10.99.0.1': '127.0.0.1' },
  });
});
afterAll(async () => {
  await net.stop();
  server.close();
});

interface Variant {
  /** Of the public subnet's table, of the private one's. */
  readonly publicRoutes?: readonly Route[];
  readonly privateRoutes?: readonly Route[];
  readonly natState?: string;
  /** Empty: the gateway is private. */
  readonly natAddress?: string;
  readonly natSubnet?: string;
  readonly egress?: Parameters<typeof groupOf>[1];
  readonly publicAcl?: { readonly ingress: readonly AclEntry[]; readonly egress: readonly AclEntry[] };
  readonly attached?: boolean;
}
const toGateway = [localRoute(), routeTo('internet-gateway', 'igw-1')];
const toNat = [localRoute(), routeTo('nat-gateway', 'nat-1')];

/** Public subnet 1 with `front` (public address) and `bare` (none), private subnet 2 with `back`, a NAT gateway in the first. */
function system({
  publicRoutes = toGateway,
  privateRoutes = toNat,
  natState = 'available',
  natSubnet = 'subnet-1',
  egress,
  publicAcl = { ingress: [allowAll], egress: [allowAll] },
  attached = true,
  natAddress = '198.51.100.1',
}: Variant = {}): Topology {
  return topologyOf({
    subnets: [
      subnetOf(1, { routeTableId: 'rtb-public', networkAclId: 'acl-public' }),
      subnetOf(2, { routeTableId: 'rtb-private' }),
    ],
    routeTables: [
      { id: 'rtb-public', vpcId: 'vpc-1', routes: publicRoutes },
      { id: 'rtb-private', vpcId: 'vpc-1', routes: privateRoutes },
    ],
    networkAcls: [
      { id: 'acl-1', vpcId: 'vpc-1', ingress: [allowAll], egress: [allowAll] },
      { id: 'acl-public', vpcId: 'vpc-1', ...publicAcl },
    ],
    securityGroups: [groupOf('sg', egress)],
    internetGateways: [{ id: 'igw-1', vpcIds: attached ? ['vpc-1'] : [] }],
    natGateways: [
      {
        id: 'nat-1',
        vpcId: 'vpc-1',
        subnetId: natSubnet,
        state: natState,
        ...(natAddress ? { publicAddress: natAddress } : {}),
      },
    ],
    interfaces: [
      interfaceOf('front', '10.0.1.5', ['sg'], { publicAddress: '198.51.100.5' }),
      interfaceOf('bare', '10.0.1.6', ['sg']),
      interfaceOf('back', '10.0.2.7', ['sg'], { subnetId: 'subnet-2' }),
      interfaceOf('nat', '10.0.1.9', [], { description: 'Interface for NAT Gateway nat-1' }),
    ],
  });
}
const ask = (holder: string, to = outside) => net.connect(holder, to, port);
const reasonOf = async (from: string, to?: string) =>
  (await net.denials()).find((denial) => denial.from === from && (to ?? denial.to) === denial.to)?.reason;

describe('the way out', () => {
  it('leads through an internet gateway for who has a public address', async () => {
    await net.set(system());
    expect(await ask('front')).toBe('open');
    expect(await ask('bare')).toBe('timeout');
    expect(await reasonOf('10.0.1.6')).toBe('internet gateway igw-1: the sender has no public address');
  });

  it('leads through a NAT gateway for who has none', async () => {
    await net.set(system());
    expect(await ask('back')).toBe('open');
  });

  it('does not lead through a NAT gateway that is private', async () => {
    await net.set(system({ natAddress: '' }));
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf('10.0.2.7')).toBe(
      'NAT gateway nat-1: it is private, and internet gateway igw-1 drops what it sends',
    );
    expect(await ask('front')).toBe('open');
  });

  it('is closed without a route', async () => {
    await net.set(system({ publicRoutes: [localRoute()], privateRoutes: [localRoute()] }));
    expect(await ask('front')).toBe('timeout');
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf('10.0.2.7')).toBe('route table rtb-private: no route');
    expect((await net.denials()).find(({ from }) => from === '10.0.2.7')?.deciders).toEqual(['rtb-private']);
  });

  it('follows the longest prefix, and ends at a blackhole', async () => {
    const blackhole: Route = {
      destination: '203.0.113.0/24',
      target: { kind: 'nat-gateway', id: 'nat-0' },
      state: 'blackhole',
    };
    await net.set(system({ publicRoutes: [...toGateway, blackhole] }));
    expect(await ask('front')).toBe('timeout');
    expect(await reasonOf('10.0.1.5')).toContain('the route to 203.0.113.0/24 is a blackhole (nat-0)');
    const narrower = routeTo('internet-gateway', 'igw-1', '203.0.113.0/28');
    await net.set(system({ publicRoutes: [localRoute(), blackhole, narrower] }));
    expect(await ask('front')).toBe('open');
  });

  it('needs a NAT gateway that is available and in a public subnet', async () => {
    await net.set(system({ natState: 'pending' }));
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf('10.0.2.7')).toBe('NAT gateway nat-1 is pending');
    await net.set(system({ publicRoutes: [localRoute()] }));
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf('10.0.2.7')).toBe('NAT gateway nat-1: its route table rtb-public has no route');
    await net.set(system());
    expect(await ask('back')).toBe('open');
  });

  it('needs the gateway attached', async () => {
    await net.set(system({ attached: false }));
    expect(await ask('front')).toBe('timeout');
    expect(await reasonOf('10.0.1.5')).toBe('not enacted: route to igw-1 (internet-gateway)');
  });

  it('is judged by the sender’s groups', async () => {
    await net.set(
      system({ egress: { egress: [{ protocol: 'tcp', peer: { kind: 'cidr', cidr: '10.0.0.0/16' } }] } }),
    );
    expect(await ask('front')).toBe('timeout');
    expect(await reasonOf('10.0.1.5')).toBe('egress of sg');
  });

  it('is judged by network ACLs, replies too, and those of the NAT gateway’s subnet', async () => {
    const noReplies = { ingress: [{ ...allowAll, cidr: '10.0.0.0/16' }], egress: [allowAll] };
    await net.set(system({ publicAcl: noReplies }));
    expect(await ask('front')).toBe('timeout');
    expect(await reasonOf(outside, '10.0.1.5')).toBe('network ACL acl-public (inbound)');
    expect(await ask('back')).toBe('timeout');
    const repliesOnly: AclEntry = {
      number: 90,
      action: 'allow',
      protocol: 'tcp',
      cidr: '0.0.0.0/0',
      ports: { from: 1024, to: 65_535 },
    };
    await net.set(system({ publicAcl: { ...noReplies, ingress: [repliesOnly, ...noReplies.ingress] } }));
    expect(await ask('front')).toBe('open');
    expect(await ask('back')).toBe('open');
    // Linux's own ports are not enough for a NAT gateway.
    const some = { ...repliesOnly, ports: { from: 1024, to: 64_999 } };
    await net.set(system({ publicAcl: { ...noReplies, ingress: [some, ...noReplies.ingress] } }));
    expect(await ask('front')).toBe('open');
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf(outside, '10.0.2.7')).toBe(
      'network ACL acl-public (inbound): replies to a NAT gateway come to any port from 1024 to 65535',
    );
    await net.set(system({ publicAcl: { ingress: [allowAll], egress: [] } }));
    expect(await ask('back')).toBe('timeout');
    expect(await reasonOf('10.0.2.7')).toBe('network ACL acl-public (outbound)');
  });

  it('is no way to private addresses, this machine, or the router’s own listener', async () => {
    await net.set(system());
    expect(await ask('front', '10.99.0.1')).toBe('timeout');
    expect(await reasonOf('10.0.1.5')).toBe('internet gateway igw-1: the destination is a private address');
    expect(await net.connect('front', '169.254.0.1', 15_001)).toBe('timeout');
    expect(await net.connect('front', '198.51.100.5', port)).toBe('timeout');
    expect(await reasonOf('10.0.1.5')).toBe('not enacted: a public address of the region, from inside a VPC');
  });

  it('resets what nobody takes', async () => {
    await net.set(system());
    expect(['ECONNRESET', 'closed']).toContain(await net.connect('front', outside, closed, { wait: 3000 }));
  });

  it('carries megabytes both ways, with a half-closed end', async () => {
    await net.set(system());
    const digest = `
      const { createHash } = require('node:crypto');
      const sent = require('node:crypto').randomBytes(5_000_000);
      const socket = require('node:net').connect(${port}, '${outside}');
      const chunks = [];
      socket.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
        const got = Buffer.concat(chunks).subarray('hello\\n'.length);
        console.log(got.equals(sent));
      });
      socket.end(sent);`;
    for (let round = 0; round < 5; round++) expect(await net.script('back', digest)).toBe('true');
  });

  it('keeps many connections apart', async () => {
    await net.set(system());
    const many = `
      const net = require('node:net');
      const one = (n) => new Promise((resolve) => {
        const socket = net.connect(${port}, '${outside}');
        let text = '';
        socket.on('data', (d) => { text += d; if (text === 'hello\\n' + n + '\\n') { socket.destroy(); resolve(true); } }).on('error', () => resolve(false));
        socket.write(n + '\\n');
      });
      Promise.all(Array.from({ length: 200 }, (_, n) => one(n))).then((all) => console.log(all.filter(Boolean).length));`;
    expect(await net.script('front', many)).toBe('200');
  });

  it('keeps connections apart that come from one port and go to several places, at once and one after the other', async () => {
    await net.set(system());
    const sameport = `
      const net = require('node:net');
      const one = (host, port, localPort) => new Promise((resolve) => {
        const socket = net.connect({ host, port, localPort });
        socket.on('data', () => resolve(socket)).on('error', (error) => resolve(error.code));
        setTimeout(() => resolve('timeout'), 3000);
      });
      (async () => {
        const results = [];
        for (let round = 0; round < 20; round++) {
          const pair = await Promise.all(['${outside}', '${elsewhere}'].map((host) => one(host, ${port}, 41000 + round)));
          for (const socket of pair) results.push(typeof socket === 'string' ? socket : 'open');
          // The port is reused for a third place at once.
          for (const socket of pair) if (typeof socket !== 'string') socket.resetAndDestroy();
          const third = await one('${outside}', ${port}, 41000 + round);
          results.push(typeof third === 'string' ? third : 'open');
          if (typeof third !== 'string') third.destroy();
        }
        console.log(JSON.stringify(results.reduce((all, one) => ({ ...all, [one]: (all[one] ?? 0) + 1 }), {})));
        process.exit(0);
      })();`;
    expect(await net.script('front', sameport)).toBe('{"open":60}');
  });

  it('does not carry UDP, and says so', async () => {
    await net.set(system());
    await net.script(
      'front',
      `const s = require('node:dgram').createSocket('udp4'); s.send('x', 123, '${outside}', () => s.close());`,
    );
    expect((await net.denials()).find(({ protocol }) => protocol === 'udp')).toMatchObject({
      to: outside,
      port: 123,
      reason: 'not enacted: udp out of the VPC',
    });
  });
});

describe('the network of builds', () => {
  it('is open to the outside, private addresses too, and apart from every VPC', async () => {
    await net.set({ ...system(), securityGroups: [groupOf('sg', { ingress: [everything] })] });
    await net.listen('front', 80);
    const name = await net.buildNamespace();
    expect(await net.connect(`/${name}`, outside, port)).toBe('open');
    expect(await net.connect(`/${name}`, '10.99.0.1', port)).toBe('open');
    expect(await net.connect('bare', '10.0.1.5', 80)).toBe('open');
    expect(await net.connect(`/${name}`, '127.0.0.1', port)).toBe('ECONNREFUSED');
    const lookup = `
      const { Resolver } = require('node:dns');
      const resolver = new Resolver();
      resolver.setServers(['169.254.169.253']);
      resolver.resolve4('localhost', (error, found) => console.log(error ? error.code : found.join()));`;
    expect(await net.script(`/${name}`, lookup)).toBe('127.0.0.1');
  });
});
