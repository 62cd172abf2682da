import type { GroupRule, Topology } from '../../../topology/model.ts';
import type {
  NetworkBalancerConfig,
  NetworkGroupConfig,
  Transport,
} from '../../balancer/network/protocol.ts';
import type { BalancerNode } from '../../balancer/protocol.ts';
import { admittedCidrs, healthCheckConfig, targetsOf } from './config.ts';
import { listenerAttribute } from './listener-attributes.ts';
import { loadBalancerAttribute } from './load-balancer-attributes.ts';
import {
  groupsOfActions,
  listenersOf,
  rulesOf,
  zonesOf,
  type Elbv2,
  type ListenerRecord,
  type LoadBalancerRecord,
  type NetworkProtocol,
  type TargetGroupRecord,
} from './state.ts';
import { targetGroupAttribute } from './target-group-attributes.ts';

const anywhere: readonly string[] = ['0.0.0.0/0'];

export const transportsOf = (protocol: NetworkProtocol | undefined): readonly Transport[] =>
  protocol === 'UDP' ? ['udp'] : protocol === 'TCP_UDP' ? ['tcp', 'udp'] : ['tcp'];

/** The whole desired state of a network load balancer's program, but for the revision. */
export function desiredNetworkConfig(
  state: Elbv2,
  loadBalancer: LoadBalancerRecord,
  nodes: readonly BalancerNode[],
): Omit<NetworkBalancerConfig, 'revision'> {
  const topology = state.region.internal.ec2.topology();
  const listeners = listenersOf(state, loadBalancer.arn).map((listener) => {
    const actions = rulesOf(state, listener.arn).at(-1)?.actions ?? [];
    // Without groups it lets everyone in: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    const admitted = (transport: Transport) =>
      loadBalancer.groupIds.length === 0
        ? anywhere
        : admittedCidrs(topology, loadBalancer.groupIds, listener.port, transport);
    return {
      arn: listener.arn,
      port: listener.port,
      transports: transportsOf(listener.protocol),
      admittedCidrs: { tcp: admitted('tcp'), udp: admitted('udp') },
      idleTimeoutSeconds: idleTimeoutOf(listener),
      groups: actions.flatMap(({ ForwardConfig }) =>
        (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn = '', Weight = 1 }) => ({
          arn: TargetGroupArn,
          weight: Weight,
        })),
      ),
      used: groupsOfActions(actions),
    };
  });
  const used = new Set(listeners.flatMap((listener) => listener.used));
  return {
    type: 'network',
    pace: state.region.pace,
    nodes,
    listeners: listeners.map(({ used: _used, ...listener }) => listener),
    targetGroups: [...used].flatMap((arn) => {
      const group = state.targetGroups.get(arn);
      return group ? [groupConfig(state, loadBalancer, group, topology)] : [];
    }),
  };
}

const idleTimeoutOf = (listener: ListenerRecord): number =>
  Number(listenerAttribute(listener, 'tcp.idle_timeout.seconds') ?? 350);

function groupConfig(
  state: Elbv2,
  loadBalancer: LoadBalancerRecord,
  group: TargetGroupRecord,
  topology: Topology,
): NetworkGroupConfig {
  const is = (key: string) => targetGroupAttribute(group, key) === 'true';
  const proxyProtocol = is('proxy_protocol_v2.enabled');
  return {
    arn: group.arn,
    healthCheck: { ...healthCheckConfig(group.healthCheck), ...(proxyProtocol ? { proxyProtocol } : {}) },
    targets: targetsOf(state, group, zonesOf(topology, loadBalancer)).map((target) => {
      const seen = is('preserve_client_ip.enabled')
        ? clientsAdmitted(topology, loadBalancer, target.address, target.port)
        : undefined;
      return seen ? { ...target, admittedCidrs: seen } : target;
    }),
    crossZone: isCrossZone(loadBalancer, group),
    sticky: is('stickiness.enabled'),
    proxyProtocol,
    terminates: {
      deregistered: is('deregistration_delay.connection_termination.enabled'),
      unhealthy: is('target_health_state.unhealthy.connection_termination.enabled'),
    },
  };
}

/** The attribute of the target group decides over that of the load balancer. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
export function isCrossZone(loadBalancer: LoadBalancerRecord, group: TargetGroupRecord): boolean {
  const own = targetGroupAttribute(group, 'load_balancing.cross_zone.enabled');
  return own === 'use_load_balancer_configuration'
    ? loadBalancerAttribute(loadBalancer, 'load_balancing.cross_zone.enabled') === 'true'
    : own === 'true';
}

/**
 * With the client's address preserved, a target's groups must admit the client, or name a group of the load balancer's.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
function clientsAdmitted(
  topology: Topology,
  { groupIds }: LoadBalancerRecord,
  address: string,
  port: number,
): Readonly<Record<Transport, readonly string[]>> | undefined {
  const target = topology.interfaces.find(({ privateAddress }) => privateAddress === address);
  if (!target) return undefined;
  const rules = topology.securityGroups
    .filter(({ id }) => target.groupIds.includes(id))
    .flatMap(({ ingress }) => ingress);
  const namesUs = ({ peer }: GroupRule) => peer.kind === 'group' && groupIds.includes(peer.groupId);
  const members = ({ peer }: GroupRule) =>
    peer.kind === 'group'
      ? topology.interfaces
          .filter((one) => one.groupIds.includes(peer.groupId))
          .map(({ privateAddress }) => `${privateAddress}/32`)
      : [];
  const admitted = (transport: Transport): readonly string[] => {
    const open = rules.filter(
      ({ protocol, ports }) =>
        (protocol === 'all' || protocol === transport) &&
        (!ports || (ports.from <= port && port <= ports.to)),
    );
    if (open.some(namesUs)) return anywhere;
    return [...admittedCidrs(topology, target.groupIds, port, transport), ...open.flatMap(members)].sort();
  };
  return { tcp: admitted('tcp'), udp: admitted('udp') };
}
