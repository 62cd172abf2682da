import type { Region, Service } from '../../region.ts';

/** AWS Systems Manager: Parameter Store. */
export function createSsm(_region: Region): Service<typeof import('@aws-sdk/client-ssm')> {
  return { handlers: {}, internal: undefined };
}
