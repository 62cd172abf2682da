import type { Action as ApiAction } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { SecurityGroup, Topology } from '../../../topology/model.ts';
import type { NetworkBalancerConfig } from '../../balancer/network/protocol.ts';
import type {
  Action,
  BalancerConfig,
  BalancerNode,
  HealthCheckConfig,
  MinimumHealthy,
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
  type HealthCheck,
  type LoadBalancerRecord,
  type TargetGroupRecord,
} from './state.ts';
import { targetGroupAttribute } from './target-group-attributes.ts';

/** The whole desired state of a load balancer's program, but for the revision. */
export type DesiredConfig = Omit<BalancerConfig, 'revision'> | Omit<NetworkBalancerConfig, 'revision'>;

export function desiredApplicationConfig(
  state: Elbv2,
  loadBalancer: LoadBalancerRecord,
  nodes: readonly BalancerNode[],
): Omit<BalancerConfig, 'revision'> {
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
  const attribute = (key: string) => loadBalancerAttribute(loadBalancer, key);
  return {
    dnsName: loadBalancer.dnsName,
    pace: state.region.pace,
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
  const { arn } = group;
  const algorithm = targetGroupAttribute(group, 'load_balancing.algorithm.type');
  return {
    arn,
    algorithm: algorithm === 'least_outstanding_requests' ? algorithm : 'round_robin',
    ...stickinessConfig(group),
    ...slowStartConfig(group),
    minimumHealthy: minimumHealthyConfig(group),
    healthCheck: healthCheckConfig(group.healthCheck),
    targets: targetsOf(state, group, zones),
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
function stickinessConfig(group: TargetGroupRecord): Pick<TargetGroupConfig, 'stickiness'> {
  const of = (key: string) => targetGroupAttribute(group, `stickiness.${key}`);
  if (of('enabled') !== 'true') return {};
  const kind = of('type') === 'app_cookie' ? 'app_cookie' : 'lb_cookie';
  const durationSeconds = Number(of(`${kind}.duration_seconds`));
  if (kind === 'lb_cookie') return { stickiness: { kind, durationSeconds } };
  return { stickiness: { kind, durationSeconds, cookieName: of('app_cookie.cookie_name') } };
}

function slowStartConfig(group: TargetGroupRecord): Pick<TargetGroupConfig, 'slowStartMilliseconds'> {
  const seconds = Number(targetGroupAttribute(group, 'slow_start.duration_seconds'));
  return seconds === 0 ? {} : { slowStartMilliseconds: seconds * 1000 };
}

function minimumHealthyConfig(group: TargetGroupRecord): MinimumHealthy {
  const of = (key: string) =>
    targetGroupAttribute(group, `target_group_health.unhealthy_state_routing.minimum_healthy_targets.${key}`);
  const percentage = of('percentage');
  return {
    count: Number(of('count')),
    ...(percentage === 'off' ? {} : { percentage: Number(percentage) }),
  };
}

export const healthCheckConfig = (check: HealthCheck): HealthCheckConfig => ({
  ...(check.protocol ? { protocol: check.protocol } : {}),
  path: check.path,
  ...(check.port === 'traffic-port' ? {} : { port: Number(check.port) }),
  matcher: check.matcher,
  intervalMilliseconds: check.intervalSeconds * 1000,
  timeoutMilliseconds: check.timeoutSeconds * 1000,
  healthyThreshold: check.healthyThreshold,
  unhealthyThreshold: check.unhealthyThreshold,
});

/** Targets of a group in the zones given. */
export const targetsOf = (
  state: Elbv2,
  { arn }: TargetGroupRecord,
  zones: ReadonlySet<string>,
): readonly TargetConfig[] =>
  [...state.targets.values()]
    .filter(({ targetGroupArn, zone }) => targetGroupArn === arn && (zone === 'all' || zones.has(zone)))
    .map(({ address, port, zone, drainingUntil, registeredAt }) => ({
      address,
      port,
      ...(zone === 'all' ? {} : { zone }),
      draining: drainingUntil !== undefined,
      registration: registeredAt.getTime(),
    }));

/** With what is known of the targets, for a program that begins in the middle of a load balancer's life. */
export function withKnownHealth(state: Elbv2, config: DesiredConfig): DesiredConfig {
  const withKnown = <Group extends Pick<TargetGroupConfig, 'arn' | 'targets'>>(group: Group): Group => ({
    ...group,
    targets: group.targets.map((target) => {
      const known = state.health.get(targetId(group.arn, target.address, target.port));
      return known ? { ...target, known: known.state } : target;
    }),
  });
  return 'type' in config
    ? { ...config, targetGroups: config.targetGroups.map(withKnown) }
    : { ...config, targetGroups: config.targetGroups.map(withKnown) };
}

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
export function admittedCidrs(
  topology: Topology,
  groupIds: readonly string[],
  port: number,
  transport: 'tcp' | 'udp' = 'tcp',
): string[] {
  const rules = topology.securityGroups
    .filter(({ id }) => groupIds.includes(id))
    .flatMap(({ ingress }: SecurityGroup) => ingress)
    .filter(
      ({ protocol, ports }) =>
        (protocol === 'all' || protocol === transport) &&
        (!ports || (ports.from <= port && port <= ports.to)),
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
