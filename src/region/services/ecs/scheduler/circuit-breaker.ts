import type { ServiceRecord } from '../state.ts';

type Threshold = NonNullable<ServiceRecord['deploymentConfiguration']['circuitBreaker']['threshold']>;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html */
const usual: Threshold = { type: 'BOUNDED_PERCENT', value: 50 };

/**
 * How many failed tasks make a deployment fail: half of the desired count, at least 3, at most 200, where nothing else is configured.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function breakerThreshold(desired: number, { type, value }: Threshold = usual): number {
  if (type === 'COUNT') return value;
  const share = Math.ceil((desired * value) / 100);
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, share)) : Math.max(1, share);
}
