import type { FromBalancer } from '../../balancer/protocol.ts';
import type { Denial } from '../../network/network.ts';
import { interfacesOf } from './interfaces.ts';
import type { Elbv2 } from './state.ts';

/** Connections of the host that the groups of a load balancer refused; the packet filter does not see those. */
export function createDenials(state: Elbv2): {
  readonly record: (report: Extract<FromBalancer, { kind: 'denied' }>) => void;
  /** Newest first. */
  readonly list: () => readonly Denial[];
} {
  const denials = new Map<string, Denial>();
  return {
    record({ listenerArn, transport = 'tcp', target, source, count }) {
      const listener = state.listeners.get(listenerArn);
      const loadBalancer = listener && state.loadBalancers.get(listener.loadBalancerArn);
      if (!loadBalancer) return;
      const { securityGroups, interfaces } = state.region.internal.ec2.topology();
      const groupIds = target
        ? (interfaces.find(({ privateAddress }) => privateAddress === target)?.groupIds ?? [])
        : loadBalancer.groupIds;
      const names = groupIds.map((id) => {
        const name = securityGroups.find((group) => group.id === id)?.name;
        return name ? `${id} (${name})` : id;
      });
      const key = `${listenerArn} ${transport} ${source} ${target ?? ''}`;
      const before = denials.get(key)?.count ?? 0;
      denials.delete(key);
      denials.set(key, {
        vpcId: loadBalancer.vpcId,
        from: source,
        to: target ?? interfacesOf(state, loadBalancer)[0]?.privateAddress ?? loadBalancer.dnsName,
        protocol: transport,
        port: listener.port,
        reason: `ingress of ${names.join(', ')}`,
        deciders: [...groupIds],
        count: before + count,
        lastSeen: state.region.clock.now(),
      });
    },
    list: () => [...denials.values()].reverse(),
  };
}
