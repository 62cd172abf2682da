import type { Check } from '../../model.ts';
import { dependencyCycle } from './dependency-cycle.ts';
import { notReplaceable } from './not-replaceable.ts';
import { propertyRequired } from './property-required.ts';
import { propertyUnknown } from './property-unknown.ts';
import { propertyValue } from './property-value.ts';
import { referenceUndefined } from './reference-undefined.ts';

/** Permissions, secrets, quotas, and the template as a text. */
export const configuration: readonly Check[] = [
  referenceUndefined,
  propertyUnknown,
  propertyRequired,
  propertyValue,
  dependencyCycle,
  notReplaceable,
];
