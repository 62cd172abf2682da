import type { NetworkInterface } from '../../../topology/model.ts';
import { sameSet } from './load-balancers.ts';
import { kindOf, type Elbv2, type LoadBalancerRecord } from './state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
export const interfaceDescription = (loadBalancer: LoadBalancerRecord): string =>
  `ELB ${kindOf(loadBalancer)}/${loadBalancer.name}/${loadBalancer.id}`;

export const interfacesOf = ({ region }: Elbv2, loadBalancer: LoadBalancerRecord): NetworkInterface[] => {
  const description = interfaceDescription(loadBalancer);
  return region.internal.ec2.topology().interfaces.filter((one) => one.description === description);
};

/** What is there, divided into what the load balancer's settings ask for and the rest. */
function divide(state: Elbv2, loadBalancer: LoadBalancerRecord) {
  const { subnetIds, groupIds } = loadBalancer;
  const right: NetworkInterface[] = [];
  const wrong: NetworkInterface[] = [];
  for (const one of interfacesOf(state, loadBalancer)) {
    const taken = right.some(({ subnetId }) => subnetId === one.subnetId);
    const fits = subnetIds.includes(one.subnetId) && sameSet(one.groupIds, groupIds);
    (fits && !taken ? right : wrong).push(one);
  }
  return { right, wrong };
}

/** One interface per subnet, in the order of the subnets. Makes those that are missing. */
export function ensureInterfaces(state: Elbv2, loadBalancer: LoadBalancerRecord): NetworkInterface[] {
  const { ec2 } = state.region.internal;
  const { right } = divide(state, loadBalancer);
  for (const subnetId of loadBalancer.subnetIds)
    if (!right.some((one) => one.subnetId === subnetId))
      ec2.createRequesterInterface({
        subnetId,
        groupIds: loadBalancer.groupIds,
        description: interfaceDescription(loadBalancer),
        requester: 'elasticloadbalancing',
        assignPublicIp: loadBalancer.scheme === 'internet-facing',
      });
  const order = loadBalancer.subnetIds;
  return divide(state, loadBalancer).right.sort(
    (a, b) => order.indexOf(a.subnetId) - order.indexOf(b.subnetId),
  );
}

/** Removes what the settings no longer ask for. */
export function removeOtherInterfaces(state: Elbv2, loadBalancer: LoadBalancerRecord): void {
  for (const { id } of divide(state, loadBalancer).wrong)
    state.region.internal.ec2.deleteRequesterInterface(id);
}

/** Removes the interfaces of load balancers that are no more, those of an earlier process included. */
export function removeOrphanedInterfaces(state: Elbv2): void {
  const { ec2 } = state.region.internal;
  const wanted = new Set([...state.loadBalancers.values()].map(interfaceDescription));
  for (const { id, description } of ec2.topology().interfaces)
    if (/^ELB (?:app|net)\//.test(description) && !wanted.has(description)) ec2.deleteRequesterInterface(id);
}
