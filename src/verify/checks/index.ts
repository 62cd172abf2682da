import type { Check } from '../model.ts';
import { balancing } from './balancing/index.ts';
import { compute } from './compute/index.ts';
import { configuration } from './configuration/index.ts';
import { paths } from './paths/index.ts';

/** All checks, by family as docs/checks lists them. */
export const checks: readonly Check[] = [...paths, ...balancing, ...compute, ...configuration];
