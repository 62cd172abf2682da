import type { Region, Service } from '../../region.ts';
import { parameterHandlers } from './parameters.ts';
import { createState } from './state.ts';
import { tagHandlers } from './tags.ts';

/** AWS Systems Manager: Parameter Store. */
export function createSsm(region: Region): Service<typeof import('@aws-sdk/client-ssm')> {
  const state = createState(region);
  return { handlers: { ...parameterHandlers(state), ...tagHandlers(state) }, internal: undefined };
}
