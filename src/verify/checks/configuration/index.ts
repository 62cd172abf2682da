import type { Check } from '../../model.ts';

/** Permissions, secrets, quotas, and the template as a text. */
export const configuration: readonly Check[] = [];
