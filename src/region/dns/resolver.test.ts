import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Topology } from '../../topology/model.ts';
import { liveNetwork, type LiveNetwork } from '../network/testing/live-network.ts';
import { groupOf, interfaceOf, subnetOf, topologyOf, vpcOf } from '../network/testing/topology.ts';
import type { PrivateZone } from './zone.ts';

let net: LiveNetwork;
beforeAll(async () => {
  net = await liveNetwork();
});
afterAll(() => net.stop());

const zone = (addresses: readonly string[]): PrivateZone => ({
  name: 'local',
  vpcIds: ['vpc-1'],
  records: [{ name: 'api.local', type: 'A', ttl: 10, values: addresses, routing: 'SIMPLE' }],
});
/** Neither groups nor network ACLs let anything pass, and names resolve all the same. */
const closed: Topology = topologyOf({
  vpcs: [
    vpcOf('vpc-1'),
    { ...vpcOf('vpc-2', '10.1.0.0/16'), dnsSupport: false },
    vpcOf('vpc-3', '10.2.0.0/16'),
  ],
  subnets: [
    subnetOf(1),
    subnetOf(2, { vpcId: 'vpc-2', cidr: '10.1.0.0/24' }),
    subnetOf(3, { vpcId: 'vpc-3', cidr: '10.2.0.0/24' }),
  ],
  networkAcls: [{ id: 'acl-1', vpcId: 'vpc-1', ingress: [], egress: [] }],
  securityGroups: [groupOf('sg', { egress: [] })],
  interfaces: [
    interfaceOf('web', '10.0.1.5', ['sg']),
    interfaceOf('mute', '10.1.0.5', ['sg'], { vpcId: 'vpc-2', subnetId: 'subnet-2' }),
    interfaceOf('other', '10.2.0.5', ['sg'], { vpcId: 'vpc-3', subnetId: 'subnet-3' }),
  ],
});
const resolve = (holder: string, server: string, name: string, type = 'A') =>
  net.script(
    holder,
    `const { Resolver } = require('node:dns');
     const resolver = new Resolver({ timeout: 300, tries: 1 });
     resolver.setServers(['${server}']);
     resolver.resolve('${name}', '${type}', (error, found) => console.log(error ? error.code : found.flat().join(' ').length > 200 ? found.length : found.join(' ')));`,
  );

describe('names inside a VPC', () => {
  it('resolve at both addresses of the resolver, past groups and network ACLs', async () => {
    await net.set(closed, [zone(['10.0.1.77'])]);
    expect(await resolve('web', '10.0.0.2', 'api.local')).toBe('10.0.1.77');
    expect(await resolve('web', '169.254.169.253', 'api.local')).toBe('10.0.1.77');
    expect(await resolve('web', '10.0.0.2', 'nobody.local')).toBe('ENOTFOUND');
    expect(await resolve('web', '10.0.0.2', 'api.local', 'AAAA')).toBe('ENODATA');
    expect(await net.connect('web', '10.0.0.2', 80)).toBe('timeout');
  });

  it('follow the zone as soon as it is settled', async () => {
    for (const address of ['10.0.1.78', '10.0.1.79']) {
      await net.set(closed, [zone([address])]);
      expect(await resolve('web', '10.0.0.2', 'api.local')).toBe(address);
    }
  });

  it('come by TCP when they are many', async () => {
    await net.set(closed, [zone(Array.from({ length: 100 }, (_, at) => `10.0.5.${at}`))]);
    expect(await resolve('web', '10.0.0.2', 'api.local')).toBe('100');
  });

  it('are those of the VPC: another does not see its zone, one without DNS support nothing', async () => {
    await net.set(closed, [zone(['10.0.1.77'])]);
    expect(await resolve('other', '10.2.0.2', 'ip-10-2-0-5.ec2.internal')).toBe('10.2.0.5');
    expect(await resolve('other', '10.2.0.2', 'ip-10-0-1-5.ec2.internal')).toBe('ENOTFOUND');
    expect(await resolve('other', '10.2.0.2', 'api.local')).not.toBe('10.0.1.77');
    expect(await resolve('mute', '10.1.0.2', 'ip-10-1-0-5.ec2.internal')).toBe('ETIMEOUT');
  });

  it('outside of every zone are the host’s', async () => {
    expect(await resolve('web', '10.0.0.2', 'localhost')).toBe('127.0.0.1');
    expect(await resolve('web', '10.0.0.2', '5.1.0.10.in-addr.arpa', 'PTR')).toBe('ENOTFOUND');
  });
});
