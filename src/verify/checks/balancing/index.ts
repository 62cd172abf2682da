import type { Check } from '../../model.ts';

/** Load balancers, listeners, target groups. */
export const balancing: readonly Check[] = [];
