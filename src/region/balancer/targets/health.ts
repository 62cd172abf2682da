import type { HealthCheckConfig, TargetState } from '../protocol.ts';

/** What is known of a target's health. */
export interface Health {
  readonly state: TargetState;
  /** Consecutive outcomes that contradict the state. */
  readonly contrary: number;
  readonly reason?: string;
  readonly description?: string;
}
export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'mismatch'; readonly code: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'failed' };

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export const initialHealth: Health = {
  state: 'initial',
  contrary: 0,
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};

/**
 * One success makes a new target healthy, whatever the threshold; afterwards consecutive failures and successes count.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function afterProbe(
  health: Health,
  outcome: Outcome,
  check: Pick<HealthCheckConfig, 'healthyThreshold' | 'unhealthyThreshold'>,
): Health {
  if (outcome.kind === 'ok') {
    const contrary = health.contrary + 1;
    if (health.state !== 'unhealthy' || contrary >= check.healthyThreshold)
      return { state: 'healthy', contrary: 0 };
    return { ...health, contrary };
  }
  if (health.state === 'unhealthy') return { state: 'unhealthy', contrary: 0, ...explain(outcome) };
  const contrary = health.contrary + 1;
  if (contrary >= check.unhealthyThreshold) return { state: 'unhealthy', contrary: 0, ...explain(outcome) };
  return { ...health, contrary };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
function explain(outcome: Exclude<Outcome, { kind: 'ok' }>): Pick<Health, 'reason' | 'description'> {
  switch (outcome.kind) {
    case 'mismatch':
      return {
        reason: 'Target.ResponseCodeMismatch',
        description: `Health checks failed with these codes: [${outcome.code}]`,
      };
    case 'timeout':
      return { reason: 'Target.Timeout', description: 'Request timed out' };
    case 'failed':
      return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  }
}

/** `200`, `200,202` or `200-299`. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
export function codeMatcher(matcher: string): (code: number) => boolean {
  const ranges = matcher.split(',').map((part) => {
    const [from = '', to = from] = part.trim().split('-');
    return { from: Number(from), to: Number(to) };
  });
  return (code) => ranges.some(({ from, to }) => code >= from && code <= to);
}
