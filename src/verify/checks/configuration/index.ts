import type { Check } from '../../model.ts';
import { cidrOverlap } from './cidr-overlap.ts';
import { dependencyCycle } from './dependency-cycle.ts';
import { execPermissionMissing } from './exec-permission-missing.ts';
import { executionRoleMissingPermission } from './execution-role-missing-permission.ts';
import { logGroupMissing } from './log-group-missing.ts';
import { notReplaceable } from './not-replaceable.ts';
import { propertyRequired } from './property-required.ts';
import { propertyUnknown } from './property-unknown.ts';
import { propertyValue } from './property-value.ts';
import { quotaExceeded } from './quota-exceeded.ts';
import { referenceUndefined } from './reference-undefined.ts';
import { roleTrust } from './role-trust.ts';
import { secretInPlainText } from './secret-in-plain-text.ts';
import { secretMissing } from './secret-missing.ts';
import { taskRoleMissingPermission } from './task-role-missing-permission.ts';
import { wildcardPermission } from './wildcard-permission.ts';

/** Permissions, secrets, quotas, and the template as a text. */
export const configuration: readonly Check[] = [
  roleTrust,
  executionRoleMissingPermission,
  taskRoleMissingPermission,
  execPermissionMissing,
  secretMissing,
  secretInPlainText,
  logGroupMissing,
  wildcardPermission,
  cidrOverlap,
  quotaExceeded,
  referenceUndefined,
  propertyUnknown,
  propertyRequired,
  propertyValue,
  dependencyCycle,
  notReplaceable,
];
