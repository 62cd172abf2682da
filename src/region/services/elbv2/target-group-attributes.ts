import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Handlers } from '../../gateway/types.ts';
import { flag, none, oneOf, only, range } from './attribute-values.ts';
import { allAttributes, changedAttributes, type AttributeKinds } from './attributes.ts';
import { operation, validation } from './errors.ts';
import {
  findTargetGroup,
  groupsOfActions,
  type Elbv2,
  type NetworkProtocol,
  type TargetGroupRecord,
} from './state.ts';

const count = (value: string) => value === 'off' || range(1, 1000)(value);
const percentage = (value: string) => value === 'off' || range(1, 100)(value);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export const targetGroupAttributes: AttributeKinds = {
  'deregistration_delay.timeout_seconds': { default: '300', valid: range(0, 3600) },
  'load_balancing.algorithm.anomaly_mitigation': {
    default: 'off',
    valid: oneOf('off', 'on'),
    enacted: none,
  },
  'load_balancing.algorithm.type': {
    default: 'round_robin',
    valid: oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
    enacted: oneOf('round_robin', 'least_outstanding_requests'),
  },
  'load_balancing.cross_zone.enabled': {
    default: 'use_load_balancer_configuration',
    valid: oneOf('true', 'false', 'use_load_balancer_configuration'),
    enacted: oneOf('true'),
  },
  'slow_start.duration_seconds': {
    default: '0',
    valid: (value) => value === '0' || range(30, 900)(value),
  },
  'stickiness.enabled': { default: 'false', valid: flag },
  'stickiness.type': { default: 'lb_cookie', valid: oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { default: '86400', valid: range(1, 604_800) },
  'stickiness.app_cookie.duration_seconds': { default: '86400', valid: range(1, 604_800) },
  'stickiness.app_cookie.cookie_name': { default: '', valid: (name) => !name.startsWith('AWSALB') },
  // Every zone reaches every target, so all zones would leave DNS together, and then all stay:
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (target group health)
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    default: '1',
    valid: count,
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    default: 'off',
    valid: percentage,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    default: '1',
    valid: range(1, 1000),
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    default: 'off',
    valid: percentage,
  },
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html */
function networkTargetGroupAttributes(protocol: NetworkProtocol): AttributeKinds {
  const datagrams = protocol !== 'TCP';
  const shared = (key: string) => [key, targetGroupAttributes[key]!] as const;
  return {
    ...Object.fromEntries([shared('deregistration_delay.timeout_seconds')]),
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
    'deregistration_delay.connection_termination.enabled': { default: String(datagrams), valid: flag },
    'load_balancing.cross_zone.enabled': {
      default: 'use_load_balancer_configuration',
      valid: oneOf('true', 'false', 'use_load_balancer_configuration'),
    },
    // For UDP it cannot be turned off: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html
    'preserve_client_ip.enabled': datagrams
      ? { default: 'true', valid: only('true') }
      : { default: 'false', valid: flag, enacted: none },
    'proxy_protocol_v2.enabled': { default: 'false', valid: flag, enacted: () => protocol === 'TCP' },
    'stickiness.enabled': { default: 'false', valid: flag },
    'stickiness.type': { default: 'source_ip', valid: only('source_ip') },
    'target_health_state.unhealthy.connection_termination.enabled': {
      default: String(protocol !== 'UDP'),
      valid: protocol === 'UDP' ? only('false') : flag,
    },
    'target_health_state.unhealthy.draining_interval_seconds': {
      default: '0',
      valid: range(0, 360_000),
      enacted: none,
    },
    ...Object.fromEntries(
      Object.keys(targetGroupAttributes)
        .filter((key) => key.startsWith('target_group_health.'))
        .map((key) => [key, { ...targetGroupAttributes[key]!, enacted: none }]),
    ),
  };
}

type Attributed = Pick<TargetGroupRecord, 'protocol' | 'attributes'>;
const kindsOf = ({ protocol }: Attributed): AttributeKinds =>
  protocol === undefined ? targetGroupAttributes : networkTargetGroupAttributes(protocol);

export const targetGroupAttribute = (group: Attributed, key: string): string =>
  group.attributes[key] ?? kindsOf(group)[key]?.default ?? '';

const isSticky = (group: Attributed): boolean => targetGroupAttribute(group, 'stickiness.enabled') === 'true';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
function checkStickiness(state: Elbv2, group: TargetGroupRecord): void {
  if (!isSticky(group) || group.protocol !== undefined) return;
  const byApplication = targetGroupAttribute(group, 'stickiness.type') === 'app_cookie';
  if (byApplication && targetGroupAttribute(group, 'stickiness.app_cookie.cookie_name') === '')
    throw validation("'stickiness.app_cookie.cookie_name' must be set for stickiness type 'app_cookie'");
  for (const { actions } of state.rules.values()) {
    const arns = groupsOfActions(actions);
    if (arns.includes(group.arn))
      checkStickyForward(arns.map((arn) => (arn === group.arn ? group : findTargetGroup(state, arn))));
  }
}

/** Sticky groups beside others want the action to be sticky too. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html */
export function checkStickyForward(groups: readonly TargetGroupRecord[]): void {
  if (groups.length > 1 && groups.some((group) => group.protocol === undefined && isSticky(group)))
    throw validation(
      'You must enable target group stickiness on the action when a target group of several has stickiness enabled',
    );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (slow start: round robin only) */
function checkSlowStart(group: TargetGroupRecord): void {
  if (group.protocol !== undefined || targetGroupAttribute(group, 'slow_start.duration_seconds') === '0')
    return;
  const algorithm = targetGroupAttribute(group, 'load_balancing.algorithm.type');
  if (algorithm !== 'round_robin')
    throw validation(`Slow start is not supported with the '${algorithm}' load balancing algorithm`);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html (DNS leaves first) */
function checkHealthThresholds(group: TargetGroupRecord): void {
  if (group.protocol !== undefined) return;
  for (const unit of ['count', 'percentage']) {
    const of = (what: string) =>
      Number(targetGroupAttribute(group, `target_group_health.${what}.minimum_healthy_targets.${unit}`));
    if (of('dns_failover') < of('unhealthy_state_routing'))
      throw validation(
        `The minimum healthy target ${unit} of DNS failover must be greater than or equal to that of unhealthy state routing`,
      );
  }
}

export function targetGroupAttributeHandlers(state: Elbv2): Handlers<typeof sdk> {
  return {
    ModifyTargetGroupAttributes: operation(
      ['TargetGroupArn', 'Attributes'],
      ({ TargetGroupArn, Attributes = [] }) => {
        const group = findTargetGroup(state, TargetGroupArn);
        const attributes = changedAttributes(kindsOf(group), group.attributes, Attributes);
        checkStickiness(state, { ...group, attributes });
        checkSlowStart({ ...group, attributes });
        checkHealthThresholds({ ...group, attributes });
        state.targetGroups.patch(group.arn, { attributes });
        return { Attributes: allAttributes(kindsOf(group), attributes) };
      },
    ),
    DescribeTargetGroupAttributes: operation(['TargetGroupArn'], ({ TargetGroupArn }) => {
      const group = findTargetGroup(state, TargetGroupArn);
      return { Attributes: allAttributes(kindsOf(group), group.attributes) };
    }),
  };
}
