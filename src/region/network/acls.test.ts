import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AclEntry, Topology } from '../../topology/model.ts';
import { liveNetwork, type LiveNetwork } from './testing/live-network.ts';
import { allowAll, everything, groupOf, interfaceOf, subnetOf, topologyOf } from './testing/topology.ts';

let net: LiveNetwork;
beforeAll(async () => {
  net = await liveNetwork();
  await net.set(with2([allowAll], [allowAll]));
  await Promise.all([net.listen('server', 6379), net.listen('near', 6379)]);
});
afterAll(() => net.stop());

/** Subnet 1 with client and near, subnet 2 with server; the second has an ACL of its own. */
function with2(
  ingress: readonly AclEntry[],
  egress: readonly AclEntry[],
  first: readonly AclEntry[] = [allowAll],
): Topology {
  return topologyOf({
    subnets: [subnetOf(1), subnetOf(2, { networkAclId: 'acl-2' })],
    networkAcls: [
      { id: 'acl-1', vpcId: 'vpc-1', ingress: first, egress: [allowAll] },
      { id: 'acl-2', vpcId: 'vpc-1', ingress, egress },
    ],
    securityGroups: [groupOf('sg', { ingress: [everything] })],
    interfaces: [
      interfaceOf('client', '10.0.1.5', ['sg']),
      interfaceOf('near', '10.0.1.6', ['sg']),
      interfaceOf('server', '10.0.2.7', ['sg'], { subnetId: 'subnet-2' }),
    ],
  });
}
const tcp = (number: number, action: 'allow' | 'deny', from: number, to = from): AclEntry => ({
  number,
  action,
  protocol: 'tcp',
  cidr: '10.0.0.0/16',
  ports: { from, to },
});
const ask = () => net.connect('client', '10.0.2.7', 6379);
const reasons = async () => (await net.denials()).map(({ from, reason }) => `${from} ${reason}`);

describe('network ACLs', () => {
  it('deny by default and allow by rule, at the subnet they stand before', async () => {
    await net.set(with2([], [allowAll]));
    expect(await ask()).toBe('timeout');
    expect(await reasons()).toEqual(['10.0.1.5 network ACL acl-2 (inbound)']);
    await net.set(with2([tcp(10, 'allow', 6379)], [allowAll]));
    expect(await ask()).toBe('open');
  });

  it('know no state: replies need the way to the client’s ports', async () => {
    await net.set(with2([tcp(10, 'allow', 6379)], [tcp(10, 'allow', 6379)]));
    expect(await ask()).toBe('timeout');
    expect(await reasons()).toContain('10.0.2.7 network ACL acl-2 (outbound)');
    await net.set(with2([tcp(10, 'allow', 6379)], [tcp(10, 'allow', 1024, 65_535)]));
    expect(await ask()).toBe('open');
    // And at the client's own subnet.
    await net.set(with2([allowAll], [allowAll], [tcp(10, 'allow', 6379)]));
    expect(await ask()).toBe('timeout');
  });

  it('let the lowest number decide', async () => {
    await net.set(with2([tcp(20, 'allow', 6379), tcp(10, 'deny', 6000, 7000)], [allowAll]));
    expect(await ask()).toBe('timeout');
    await net.set(with2([tcp(10, 'allow', 6379), tcp(20, 'deny', 6000, 7000)], [allowAll]));
    expect(await ask()).toBe('open');
  });

  it('do not stand within a subnet', async () => {
    await net.set(with2([allowAll], [allowAll], []));
    expect(await net.connect('client', '10.0.1.6', 6379)).toBe('open');
    expect(await ask()).toBe('timeout');
  });

  it('cut flows that run', async () => {
    await net.set(with2([allowAll], [allowAll]));
    const flow = net.script(
      'client',
      `const s = require('node:net').connect(6379, '10.0.2.7');
       let echoed = 0;
       s.on('data', () => { echoed++; });
       setTimeout(() => { s.write('x'); echoed = 0; setTimeout(() => { console.log(echoed); process.exit(0); }, 600); }, 600);`,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await net.set(with2([], [allowAll]));
    expect(await flow).toBe('0');
  });
});
