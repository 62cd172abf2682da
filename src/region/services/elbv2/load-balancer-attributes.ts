import type * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Handlers } from '../../gateway/types.ts';
import { any, flag, none, oneOf, only, range } from './attribute-values.ts';
import { allAttributes, changedAttributes, type AttributeKinds } from './attributes.ts';
import { operation } from './errors.ts';
import { findLoadBalancer, type Elbv2, type LoadBalancerRecord } from './state.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export const loadBalancerAttributes: AttributeKinds = {
  'access_logs.s3.enabled': { default: 'false', valid: flag, enacted: none },
  'access_logs.s3.bucket': { default: '', valid: any, enacted: none },
  'access_logs.s3.prefix': { default: '', valid: any, enacted: none },
  'client_keep_alive.seconds': { default: '3600', valid: range(60, 604_800) },
  'connection_logs.s3.enabled': { default: 'false', valid: flag, enacted: none },
  'connection_logs.s3.bucket': { default: '', valid: any, enacted: none },
  'connection_logs.s3.prefix': { default: '', valid: any, enacted: none },
  'deletion_protection.enabled': { default: 'false', valid: flag },
  'health_check_logs.s3.enabled': { default: 'false', valid: flag, enacted: none },
  'health_check_logs.s3.bucket': { default: '', valid: any, enacted: none },
  'health_check_logs.s3.prefix': { default: '', valid: any, enacted: none },
  'idle_timeout.timeout_seconds': { default: '60', valid: range(1, 4000) },
  'ipv6.deny_all_igw_traffic': { default: 'false', valid: flag, enacted: none },
  'load_balancing.cross_zone.enabled': { default: 'true', valid: only('true') },
  // Requests that other modes would let through are refused here; see the balancer's parser.
  'routing.http.desync_mitigation_mode': {
    default: 'defensive',
    valid: oneOf('monitor', 'defensive', 'strictest'),
    enacted: none,
  },
  'routing.http.drop_invalid_header_fields.enabled': { default: 'false', valid: flag },
  'routing.http.preserve_host_header.enabled': { default: 'false', valid: flag },
  // Without HTTPS listeners there is neither TLS nor HTTP/2 to speak of.
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': {
    default: 'false',
    valid: flag,
    enacted: none,
  },
  'routing.http.xff_client_port.enabled': { default: 'false', valid: flag },
  'routing.http.xff_header_processing.mode': {
    default: 'append',
    valid: oneOf('append', 'preserve', 'remove'),
  },
  'routing.http2.enabled': { default: 'true', valid: flag },
  'waf.fail_open.enabled': { default: 'false', valid: flag, enacted: none },
  'zonal_shift.config.enabled': { default: 'false', valid: flag, enacted: none },
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html */
export const networkLoadBalancerAttributes: AttributeKinds = {
  'access_logs.s3.enabled': { default: 'false', valid: flag, enacted: none },
  'access_logs.s3.bucket': { default: '', valid: any, enacted: none },
  'access_logs.s3.prefix': { default: '', valid: any, enacted: none },
  'deletion_protection.enabled': { default: 'false', valid: flag },
  'dns_record.client_routing_policy': {
    default: 'any_availability_zone',
    valid: oneOf('any_availability_zone', 'availability_zone_affinity', 'partial_availability_zone_affinity'),
    enacted: none,
  },
  'ipv6.deny_all_igw_traffic': { default: 'false', valid: flag, enacted: none },
  'load_balancing.cross_zone.enabled': { default: 'false', valid: flag },
  'secondary_ips.auto_assigned.per_subnet': { default: '0', valid: range(0, 7), enacted: none },
  'zonal_shift.config.enabled': { default: 'false', valid: flag, enacted: none },
};

type Attributed = Pick<LoadBalancerRecord, 'type' | 'attributes'>;
const kindsOf = ({ type }: Attributed): AttributeKinds =>
  type === 'network' ? networkLoadBalancerAttributes : loadBalancerAttributes;

export const loadBalancerAttribute = (loadBalancer: Attributed, key: string): string =>
  loadBalancer.attributes[key] ?? kindsOf(loadBalancer)[key]?.default ?? '';

export function loadBalancerAttributeHandlers(state: Elbv2): Handlers<typeof sdk> {
  return {
    ModifyLoadBalancerAttributes: operation(
      ['LoadBalancerArn', 'Attributes'],
      ({ LoadBalancerArn, Attributes = [] }) => {
        const found = findLoadBalancer(state, LoadBalancerArn);
        const attributes = changedAttributes(kindsOf(found), found.attributes, Attributes);
        state.loadBalancers.patch(found.arn, { attributes });
        return { Attributes: allAttributes(kindsOf(found), attributes) };
      },
    ),
    DescribeLoadBalancerAttributes: operation(['LoadBalancerArn'], ({ LoadBalancerArn }) => {
      const found = findLoadBalancer(state, LoadBalancerArn);
      return { Attributes: allAttributes(kindsOf(found), found.attributes) };
    }),
  };
}
