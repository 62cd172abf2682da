import type { NetworkInterface } from '../../../topology/model.ts';
import type { PrivateZone } from '../../dns/zone.ts';
import { interfacesOf } from './interfaces.ts';
import { isCrossZone } from './network-config.ts';
import {
  groupsOfActions,
  listenersOf,
  rulesOf,
  type Elbv2,
  type LoadBalancerRecord,
  type TargetGroupRecord,
} from './state.ts';
import { targetState } from './target-state.ts';

/**
 * The names of load balancers, for the resolvers of all VPCs. An internet-facing one answers with its private addresses too, where AWS
 * gives the public ones: the way round through the internet gateway does not exist here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html (60 seconds)
 */
export function loadBalancerZones(state: Elbv2): readonly PrivateZone[] {
  const vpcIds = state.region.internal.ec2.topology().vpcs.map(({ id }) => id);
  return [...state.loadBalancers.values()].map((loadBalancer): PrivateZone => {
    const name = loadBalancer.dnsName.toLowerCase();
    const interfaces = interfacesOf(state, loadBalancer);
    const answer = (at: string, chosen: readonly NetworkInterface[]) => ({
      name: at,
      type: 'A' as const,
      ttl: 60,
      values: chosen.map(({ privateAddress }) => privateAddress),
      routing: 'MULTIVALUE' as const,
    });
    if (loadBalancer.type !== 'network') return { name, vpcIds, records: [answer(name, interfaces)] };
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (the name of one zone)
    const perZone = interfaces.map((one) => answer(`${one.zone}.${name}`, [one]));
    return { name, vpcIds, records: [answer(name, inService(state, loadBalancer, interfaces)), ...perZone] };
  });
}

/**
 * A zone's address leaves DNS when a target group has no healthy target for it; where none has any, all stay.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html
 */
function inService(
  state: Elbv2,
  loadBalancer: LoadBalancerRecord,
  interfaces: readonly NetworkInterface[],
): readonly NetworkInterface[] {
  const groups = listenersOf(state, loadBalancer.arn)
    .flatMap(({ arn }) => rulesOf(state, arn))
    .flatMap(({ actions }) => groupsOfActions(actions))
    .flatMap((arn) => state.targetGroups.get(arn) ?? []);
  const isHealthyIn = (group: TargetGroupRecord, zone: string) =>
    [...state.targets.values()].some(
      (target) =>
        target.targetGroupArn === group.arn &&
        (isCrossZone(loadBalancer, group) || target.zone === zone || target.zone === 'all') &&
        targetState(state, target).State === 'healthy',
    );
  const healthy = interfaces.filter(({ zone }) => groups.every((group) => isHealthyIn(group, zone)));
  return healthy.length > 0 ? healthy : interfaces;
}
