import { join } from 'node:path';
import type { Internal, Region, Service } from '../../region.ts';
import { eventHandlers } from './events.ts';
import { groupHandlers } from './groups.ts';
import { createState } from './state.ts';
import { streamHandlers } from './streams.ts';
import { tagHandlers } from './tags.ts';
import { appendEvents } from './append.ts';

/** CloudWatch Logs: groups and streams in the store, events in append-only files. */
export function createLogs(
  region: Region,
): Service<typeof import('@aws-sdk/client-cloudwatch-logs'), Internal['logs']> {
  const state = createState(region, join(region.identity.stateDirectory, 'logs'));
  return {
    handlers: {
      ...groupHandlers(state),
      ...streamHandlers(state),
      ...eventHandlers(state),
      ...tagHandlers(state),
    },
    internal: { append: (group, stream, events) => appendEvents(state, group, stream, events) },
  };
}
