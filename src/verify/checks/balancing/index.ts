import type { Check } from '../../model.ts';
import { containerPortMissing } from './container-port-missing.ts';
import { gracePeriodTooShort } from './grace-period-too-short.ts';
import { healthCheckNeverPasses } from './health-check-never-passes.ts';
import { httpsWithoutCertificate } from './https-without-certificate.ts';
import { listenerPriorityClash } from './listener-priority-clash.ts';
import { listenerRuleUnreachable } from './listener-rule-unreachable.ts';
import { loadBalancerSubnetTooSmall } from './load-balancer-subnet-too-small.ts';
import { loadBalancerZones } from './load-balancer-zones.ts';
import { targetGroupUnattached } from './target-group-unattached.ts';
import { targetTypeMismatch } from './target-type-mismatch.ts';

/** Load balancers, listeners, target groups. */
export const balancing: readonly Check[] = [
  loadBalancerZones,
  targetTypeMismatch,
  targetGroupUnattached,
  containerPortMissing,
  listenerRuleUnreachable,
  listenerPriorityClash,
  healthCheckNeverPasses,
  gracePeriodTooShort,
  httpsWithoutCertificate,
  loadBalancerSubnetTooSmall,
];
