import type { Region, Service } from '../../region.ts';
import { ruleHandlers } from './rules.ts';
import { createScheduler } from './scheduler.ts';
import { createState } from './state.ts';
import { tagHandlers } from './tags.ts';

/** Amazon EventBridge: rules of the default bus that start tasks by time. */
export function createEventBridge(region: Region): Service<typeof import('@aws-sdk/client-eventbridge')> {
  const state = createState(region);
  const scheduler = createScheduler(state);
  return {
    handlers: { ...ruleHandlers(state, scheduler), ...tagHandlers(state) },
    internal: undefined,
    start: scheduler.start,
    stop: scheduler.stop,
  };
}
