import type { Check } from '../model.ts';
import { fargateSize } from './fargate-size.ts';

/** All checks, by family as docs/checks lists them. */
export const checks: readonly Check[] = [
  // Compute
  fargateSize,
];
