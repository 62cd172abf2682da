import type { Resources } from '../intrinsics.ts';
import type { Plan } from '../plan.ts';
import { applicationLoadBalancer } from './application.ts';
import { networkLoadBalancer } from './network.ts';

/** The load balancers, for what is published. */
export const exposure = (plan: Plan): Resources => ({
  ...applicationLoadBalancer(plan),
  ...networkLoadBalancer(plan),
});
