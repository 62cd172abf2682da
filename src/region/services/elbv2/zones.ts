import type { PrivateZone } from '../../dns/zone.ts';
import { interfacesOf } from './interfaces.ts';
import type { Elbv2 } from './state.ts';

/**
 * The names of load balancers, for the resolvers of all VPCs. An internet-facing one answers with its private addresses too, where AWS
 * gives the public ones: the way round through the internet gateway does not exist here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html (60 seconds)
 */
export function loadBalancerZones(state: Elbv2): readonly PrivateZone[] {
  const vpcIds = state.region.internal.ec2.topology().vpcs.map(({ id }) => id);
  return [...state.loadBalancers.values()].map((loadBalancer) => {
    const name = loadBalancer.dnsName.toLowerCase();
    const values = interfacesOf(state, loadBalancer).map(({ privateAddress }) => privateAddress);
    return { name, vpcIds, records: [{ name, type: 'A', ttl: 60, values, routing: 'MULTIVALUE' }] };
  });
}
