import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Handlers } from '../../gateway/types.ts';
import { allAttributes, changedAttributes, flag, oneOf, range, type AttributeKinds } from './attributes.ts';
import { operation } from './errors.ts';
import { findTargetGroup, type Elbv2 } from './state.ts';

const none = () => false;
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
    enacted: none,
  },
  'stickiness.enabled': { default: 'false', valid: flag, enacted: none },
  // Without stickiness its kind and duration change nothing.
  'stickiness.type': { default: 'lb_cookie', valid: oneOf('lb_cookie', 'app_cookie') },
  'stickiness.lb_cookie.duration_seconds': { default: '86400', valid: range(1, 604_800) },
  'stickiness.app_cookie.duration_seconds': { default: '86400', valid: range(1, 604_800) },
  'stickiness.app_cookie.cookie_name': { default: '', valid: (name) => !name.startsWith('AWSALB') },
  'target_group_health.dns_failover.minimum_healthy_targets.count': {
    default: '1',
    valid: count,
    enacted: none,
  },
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': {
    default: 'off',
    valid: percentage,
    enacted: none,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': {
    default: '1',
    valid: range(1, 1000),
    enacted: none,
  },
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': {
    default: 'off',
    valid: percentage,
    enacted: none,
  },
};

export const targetGroupAttribute = (set: Readonly<Record<string, string>>, key: string): string =>
  set[key] ?? targetGroupAttributes[key]?.default ?? '';

export function targetGroupAttributeHandlers(state: Elbv2): Handlers<typeof sdk> {
  return {
    ModifyTargetGroupAttributes: operation(
      ['TargetGroupArn', 'Attributes'],
      ({ TargetGroupArn, Attributes = [] }) => {
        const { arn, attributes: before } = findTargetGroup(state, TargetGroupArn);
        const attributes = changedAttributes(targetGroupAttributes, before, Attributes);
        state.targetGroups.patch(arn, { attributes });
        return { Attributes: allAttributes(targetGroupAttributes, attributes) };
      },
    ),
    DescribeTargetGroupAttributes: operation(['TargetGroupArn'], ({ TargetGroupArn }) => {
      const { attributes } = findTargetGroup(state, TargetGroupArn);
      return { Attributes: allAttributes(targetGroupAttributes, attributes) };
    }),
  };
}
