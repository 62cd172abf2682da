import type { Region, Service } from '../../region.ts';
import { attachmentHandlers } from './attachments.ts';
import { inlinePolicyHandlers } from './inline-policies.ts';
import { policyHandlers } from './policies.ts';
import { roleHandlers } from './roles.ts';
import { serviceLinkedRoleHandlers } from './service-linked-roles.ts';
import { createState } from './state.ts';
import { tagHandlers } from './tags.ts';

/** AWS IAM: roles and policies. Policies are checked and kept; the local region does not evaluate them. */
export function createIam(region: Region): Service<typeof import('@aws-sdk/client-iam')> {
  const state = createState(region);
  return {
    handlers: {
      ...roleHandlers(state),
      ...inlinePolicyHandlers(state),
      ...attachmentHandlers(state),
      ...policyHandlers(state),
      ...serviceLinkedRoleHandlers(state),
      ...tagHandlers(state),
    },
    internal: undefined,
  };
}
