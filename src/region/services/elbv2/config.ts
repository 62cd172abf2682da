import type { Action as ApiAction } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SecurityGroup, Topology } from '../../../topology/model.ts';
import type {
  Action,
  BalancerConfig,
  BalancerNode,
  TargetConfig,
  TargetGroupConfig,
} from '../../balancer/protocol.ts';
import { toCondition } from './conditions.ts';
import { loadBalancerAttribute } from './load-balancer-attributes.ts';
import {
  groupsOfActions,
  listenersOf,
  rulesOf,
  targetId,
  zonesOf,
  type Elbv2,
  type LoadBalancerRecord,
  type TargetGroupRecord,
} from './state.ts';
import { targetGroupAttribute } from './target-group-attributes.ts';

/** The whole desired state of a load balancer's program, but for the revision. */
export type DesiredConfig = Omit<BalancerConfig, 'revision'>;

export function desiredConfig(
  state: Elbv2,
  loadBalancer: LoadBalancerRecord,
  nodes: readonly BalancerNode[],
): DesiredConfig {
  const topology = state.region.internal.ec2.topology();
  const groups = new Set<string>();
  const listeners = listenersOf(state, loadBalancer.arn).map(({ arn, port }) => {
    const rules = rulesOf(state, arn);
    for (const { actions } of rules) for (const group of groupsOfActions(actions)) groups.add(group);
    return {
      arn,
      port,
      admittedCidrs: admittedCidrs(topology, loadBalancer.groupIds, port),
      rules: rules.map(({ conditions, actions }) => ({
        conditions: conditions.map(toCondition),
        action: toAction(actions[0]!),
      })),
    };
  });
  const zones = zonesOf(topology, loadBalancer);
  const attribute = (key: string) => loadBalancerAttribute(loadBalancer.attributes, key);
  return {
    dnsName: loadBalancer.dnsName,
    nodes,
    settings: {
      idleTimeoutSeconds: Number(attribute('idle_timeout.timeout_seconds')),
      clientKeepAliveSeconds: Number(attribute('client_keep_alive.seconds')),
      dropInvalidHeaderFields: attribute('routing.http.drop_invalid_header_fields.enabled') === 'true',
      preserveHostHeader: attribute('routing.http.preserve_host_header.enabled') === 'true',
      forwardedForMode: attribute('routing.http.xff_header_processing.mode') as 'append',
      forwardedForClientPort: attribute('routing.http.xff_client_port.enabled') === 'true',
    },
    listeners,
    targetGroups: [...groups].flatMap((arn) => {
      const group = state.targetGroups.get(arn);
      return group ? [groupConfig(state, group, zones)] : [];
    }),
  };
}

function groupConfig(state: Elbv2, group: TargetGroupRecord, zones: ReadonlySet<string>): TargetGroupConfig {
  const { arn, healthCheck, attributes } = group;
  const algorithm = targetGroupAttribute(attributes, 'load_balancing.algorithm.type');
  return {
    arn,
    algorithm: algorithm === 'least_outstanding_requests' ? algorithm : 'round_robin',
    healthCheck: {
      path: healthCheck.path,
      ...(healthCheck.port === 'traffic-port' ? {} : { port: Number(healthCheck.port) }),
      matcher: healthCheck.matcher,
      intervalMilliseconds: healthCheck.intervalSeconds * 1000,
      timeoutMilliseconds: healthCheck.timeoutSeconds * 1000,
      healthyThreshold: healthCheck.healthyThreshold,
      unhealthyThreshold: healthCheck.unhealthyThreshold,
    },
    targets: [...state.targets.values()]
      .filter(({ targetGroupArn, zone }) => targetGroupArn === arn && (zone === 'all' || zones.has(zone)))
      .map(({ address, port, zone, drainingUntil, registeredAt }) => ({
        address,
        port,
        ...(zone === 'all' ? {} : { zone }),
        draining: drainingUntil !== undefined,
        registration: registeredAt.getTime(),
      })),
  };
}

/** With what is known of the targets, for a program that begins in the middle of a load balancer's life. */
export const withKnownHealth = (state: Elbv2, config: DesiredConfig): DesiredConfig => ({
  ...config,
  targetGroups: config.targetGroups.map((group) => ({
    ...group,
    targets: group.targets.map((target): TargetConfig => {
      const known = state.health.get(targetId(group.arn, target.address, target.port));
      return known ? { ...target, known: known.state } : target;
    }),
  })),
});

function toAction({ ForwardConfig, RedirectConfig, FixedResponseConfig }: ApiAction): Action {
  if (RedirectConfig) {
    const { Protocol = '', Host = '', Port = '', Path = '', Query = '', StatusCode } = RedirectConfig;
    const status = StatusCode === 'HTTP_301' ? 301 : 302;
    return { kind: 'redirect', status, protocol: Protocol, host: Host, port: Port, path: Path, query: Query };
  }
  if (FixedResponseConfig) {
    const { StatusCode, ContentType, MessageBody = '' } = FixedResponseConfig;
    // A body without a type is plain text: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html
    const contentType = ContentType ?? (MessageBody === '' ? undefined : 'text/plain');
    const base = { kind: 'fixed-response', status: Number(StatusCode), body: MessageBody } as const;
    return contentType === undefined ? base : { ...base, contentType };
  }
  return {
    kind: 'forward',
    groups: (ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn = '', Weight = 1 }) => ({
      arn: TargetGroupArn,
      weight: Weight,
    })),
  };
}

/**
 * Sources that the groups admit on a port. Rules that name a group admit members of it, and no host is one.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
 */
export function admittedCidrs(topology: Topology, groupIds: readonly string[], port: number): string[] {
  const rules = topology.securityGroups
    .filter(({ id }) => groupIds.includes(id))
    .flatMap(({ ingress }: SecurityGroup) => ingress)
    .filter(
      ({ protocol, ports }) =>
        (protocol === 'all' || protocol === 'tcp') && (!ports || (ports.from <= port && port <= ports.to)),
    );
  const cidrs = rules.flatMap(({ peer }) =>
    peer.kind === 'cidr'
      ? [peer.cidr]
      : peer.kind === 'prefix-list'
        ? (topology.prefixLists.find(({ id }) => id === peer.prefixListId)?.cidrs ?? [])
        : [],
  );
  return [...new Set(cidrs)].sort();
}
