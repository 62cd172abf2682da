import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveNetwork, type LiveNetwork } from './testing/live-network.ts';
import { everything, groupOf, interfaceOf, tcpFrom, topologyOf } from './testing/topology.ts';

let net: LiveNetwork;
beforeAll(async () => {
  net = await liveNetwork();
});
afterAll(() => net.stop());

describe('security groups', () => {
  const topology = topologyOf({
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

  it('let through what a rule by reference allows, drop the rest and say who did', async () => {
    await net.set(topology);
    await net.listen('api', 5000);
    await net.listen('redis', 6379);
    expect(await net.connect('web', '10.0.1.6', 5000)).toBe('open');
    expect(await net.connect('api', '10.0.2.7', 6379)).toBe('open');
    expect(await net.connect('web', '10.0.2.7', 6379)).toBe('timeout');
    expect(await net.denials()).toMatchObject([
      {
        vpcId: 'vpc-1',
        from: '10.0.1.5',
        to: '10.0.2.7',
        protocol: 'tcp',
        port: 6379,
        reason: 'ingress of sg-redis (jobs-redis)',
        deciders: ['sg-redis'],
      },
    ]);
    await net.set({
      ...topology,
      securityGroups: topology.securityGroups.map((group) => ({ ...group, egress: [everything] })),
    });
  });
});
