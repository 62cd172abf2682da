import type { Check } from '../../model.ts';
import { fargateSize } from './fargate-size.ts';

/** Task definitions, containers and the capacity they run on. */
export const compute: readonly Check[] = [fargateSize];
