import type { Check } from '../../model.ts';

/** Whether what belongs together can talk, and nothing else. */
export const paths: readonly Check[] = [];
