import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import { findGroup, invalid } from './errors.ts';
import type { LogEvent } from './event-file.ts';
import { type GroupRecord, type LogsState, streamKey } from './state.ts';
import { createStream } from './streams.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const LIMITS = { events: 10_000, bytes: 1_048_576, perEvent: 26, span: 24 * 60 * 60 * 1000 };
const OLDEST = 14 * 24 * 60 * 60 * 1000;
const NEWEST = 2 * 60 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;

/** What the containers of this machine write: a missing stream is made, a missing group is an error, empty lines are no events. */
export function appendEvents(
  state: LogsState,
  groupName: string,
  streamName: string,
  events: readonly LogEvent[],
): void {
  const group = findGroup(state, groupName);
  const stream =
    state.streams.get(streamKey(groupName, streamName)) ?? createStream(state, group, streamName);
  state.events(group, stream).append(
    events.filter(({ message }) => message !== ''),
    state.region.clock.now(),
  );
}

export function checkBatch(events: readonly LogEvent[]): void {
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + LIMITS.perEvent, 0);
  if (events.length === 0 || events.length > LIMITS.events)
    throw invalid(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and ${LIMITS.events}`,
    );
  if (bytes > LIMITS.bytes)
    throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${LIMITS.bytes}`);
  const first = events[0]?.timestamp ?? 0;
  let before = -Infinity;
  for (const { timestamp, message } of events) {
    if (message === '') throw invalid('Log event message must not be empty.');
    if (timestamp < before)
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    if (timestamp - first > LIMITS.span)
      throw invalid(
        'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
      );
    before = timestamp;
  }
}

/** What is too old or too new is left out, and said by index. */
export function sift(
  { retentionInDays }: GroupRecord,
  events: readonly LogEvent[],
  now: number,
): { readonly kept: readonly LogEvent[]; readonly rejected: RejectedLogEventsInfo | undefined } {
  const tooOld = events.filter(({ timestamp }) => timestamp < now - OLDEST).length;
  const expired =
    retentionInDays === undefined
      ? 0
      : events.filter(({ timestamp }) => timestamp < now - retentionInDays * DAY).length;
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + NEWEST);
  const rejected: RejectedLogEventsInfo = {
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
  };
  const kept = events.slice(Math.max(tooOld, expired), tooNew < 0 ? undefined : tooNew);
  return { kept, rejected: Object.keys(rejected).length > 0 ? rejected : undefined };
}
