import type { Region, Service } from '../../region.ts';

/** Amazon EventBridge: rules that start tasks by time or by what happens in the region. */
export function createEventBridge(_region: Region): Service<typeof import('@aws-sdk/client-eventbridge')> {
  return { handlers: {}, internal: undefined };
}
