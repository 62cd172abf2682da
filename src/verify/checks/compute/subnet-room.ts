import { parseCidr, size } from '../../../topology/cidr.ts';
import { known, type System, type Value } from '../../../topology/system.ts';

/**
 * Addresses of a subnet that are left beside what AWS keeps and what stands in it whatever the tasks do.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export function freeAddresses(system: System, subnetId: string, exceptBalancer?: string): Value<number> {
  const subnet = system.subnets.find(({ id }) => id === subnetId);
  const cidr = subnet && parseCidr(subnet.cidr);
  if (!cidr)
    return { unknown: /^\((.*)\)$/.exec(subnetId)?.[1] ?? `the size of the subnet ${subnetId} is not known` };
  const stands = (subnetIds: Value<readonly string[]> | undefined) =>
    known(subnetIds)?.includes(subnetId) === true;
  const balancers = system.loadBalancers.filter(
    (balancer) => balancer.id !== exceptBalancer && stands(balancer.subnetIds),
  );
  const taken =
    system.natGateways.filter((gateway) => gateway.subnetId === subnetId).length +
    system.endpoints.filter((endpoint) => stands(endpoint.subnetIds)).length +
    system.databases.filter(({ kind, subnetIds }) => kind === 'efs' && stands(subnetIds)).length +
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    balancers.reduce((sum, { type }) => sum + (type === 'application' ? 8 : 1), 0);
  return size(cidr) - 5 - taken;
}
