import type { CreateTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notEnacted, refuseOthers, validation } from './errors.ts';
import type { HealthCheck } from './state.ts';

type Given = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckPath'
  | 'HealthCheckEnabled'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export const defaultHealthCheck: HealthCheck = {
  path: '/',
  port: 'traffic-port',
  matcher: '200',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html */
const networkHealthChecks = {
  TCP: {
    protocol: 'TCP',
    path: '',
    port: 'traffic-port',
    matcher: '',
    intervalSeconds: 30,
    timeoutSeconds: 10,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  },
  HTTP: {
    path: '/',
    port: 'traffic-port',
    matcher: '200-399',
    intervalSeconds: 30,
    timeoutSeconds: 6,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  },
} as const satisfies Record<string, HealthCheck>;

/** The same for target groups of network load balancers, of which TCP, UDP and TCP_UDP ones have TCP or HTTP checks. */
export function changedNetworkHealthCheck(before: HealthCheck | undefined, given: Given): HealthCheck {
  const protocol = given.HealthCheckProtocol ?? (before === undefined ? 'TCP' : (before.protocol ?? 'HTTP'));
  if (protocol === 'HTTPS') throw notEnacted('HealthCheckProtocol HTTPS');
  if (protocol !== 'TCP' && protocol !== 'HTTP')
    throw validation(`Health check protocol '${protocol}' must be one of 'HTTP, HTTPS, TCP'`);
  if (protocol === 'TCP' && (given.HealthCheckPath !== undefined || given.Matcher !== undefined))
    throw validation('Health check path and matcher are not supported for health checks with protocol TCP');
  const same = before !== undefined && (before.protocol ?? 'HTTP') === protocol;
  const defaults = networkHealthChecks[protocol];
  const from: HealthCheck = same ? before : { ...defaults, ...(before && thresholdsOf(before)) };
  if (protocol === 'HTTP')
    return changedHealthCheck(from, { ...given, HealthCheckProtocol: protocol }, /^[2-5]\d\d$/);
  const after = changedHealthCheck(
    { ...from, path: '/', matcher: '200' },
    { ...given, HealthCheckProtocol: 'HTTP' },
  );
  return { ...after, protocol, path: '', matcher: '' };
}
const thresholdsOf = ({ port, intervalSeconds, healthyThreshold, unhealthyThreshold }: HealthCheck) => ({
  port,
  intervalSeconds,
  healthyThreshold,
  unhealthyThreshold,
});

/** `before` with what is given. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export function changedHealthCheck(
  before: HealthCheck,
  given: Given,
  code: RegExp = /^[2-4]\d\d$/,
): HealthCheck {
  const { HealthCheckProtocol: protocol = 'HTTP', HealthCheckEnabled: enabled = true } = given;
  if (protocol === 'HTTPS') throw notEnacted('HealthCheckProtocol HTTPS');
  if (protocol !== 'HTTP')
    throw validation(
      `Health check protocol '${protocol}' is not supported for target groups with the HTTP protocol`,
    );
  if (!enabled) throw validation('Health checks cannot be disabled for target groups with target type ip');
  if (given.Matcher) refuseOthers(given.Matcher, ['HttpCode']);
  const after: HealthCheck = {
    path: given.HealthCheckPath ?? before.path,
    port: given.HealthCheckPort ?? before.port,
    matcher: given.Matcher?.HttpCode ?? before.matcher,
    intervalSeconds: within(
      'Health check interval',
      given.HealthCheckIntervalSeconds ?? before.intervalSeconds,
      5,
      300,
    ),
    timeoutSeconds: within(
      'Health check timeout',
      given.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
      2,
      120,
    ),
    healthyThreshold: within(
      'Healthy threshold count',
      given.HealthyThresholdCount ?? before.healthyThreshold,
      2,
      10,
    ),
    unhealthyThreshold: within(
      'Unhealthy threshold count',
      given.UnhealthyThresholdCount ?? before.unhealthyThreshold,
      2,
      10,
    ),
  };
  if (!/^\/[\x21-\x7e]{0,1023}$/.test(after.path))
    throw validation(
      `Health check path '${after.path}' must begin with a '/' character and have at most 1024 characters`,
    );
  if (after.port !== 'traffic-port' && !isPort(after.port))
    throw validation(`Health check port '${after.port}' must be 'traffic-port' or a number from 1 to 65535`);
  if (!isMatcher(after.matcher, code))
    throw validation(
      `Health check matcher HTTP code '${after.matcher}' must be within '200-${code.test('500') ? 599 : 499}' inclusive`,
    );
  // Not in the guide; clients get this answer.
  if (after.timeoutSeconds >= after.intervalSeconds)
    throw validation('Health check interval must be greater than the timeout.');
  return after;
}

function within(what: string, value: number, from: number, to: number): number {
  if (!Number.isInteger(value) || value < from || value > to)
    throw validation(`${what} '${value}' not in valid range '${from}-${to}'`);
  return value;
}

export const isPort = (text: string | number): boolean =>
  /^\d{1,5}$/.test(String(text)) && Number(text) >= 1 && Number(text) <= 65_535;

/** Single codes, lists and ranges. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
function isMatcher(matcher: string, code: RegExp): boolean {
  return matcher.split(',').every((part) => {
    const [from = '', to = from, ...more] = part.split('-');
    return more.length === 0 && code.test(from) && code.test(to) && Number(to) >= Number(from);
  });
}
