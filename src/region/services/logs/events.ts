import { pageAcross, type Positions, readToken, writeToken } from './across.ts';
import { checkBatch, sift } from './append.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkLimit, findGroup, findStream, invalid, invalidToken, operation } from './errors.ts';
import type { StoredEvent, TimeRange } from './event-file.ts';
import { compilePattern } from './filter-pattern.ts';
import type { LogsState } from './state.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

export function eventHandlers(state: LogsState): Handlers<typeof import('@aws-sdk/client-cloudwatch-logs')> {
  return {
    // Sequence tokens are accepted and ignored, as on AWS since 2023.
    PutLogEvents: operation(
      ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken'],
      ({ logGroupName, logStreamName, logEvents = [] }) => {
        const group = findGroup(state, logGroupName);
        const stream = findStream(state, group, logStreamName);
        const events = logEvents.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
        checkBatch(events);
        const now = state.region.clock.now();
        const { kept, rejected } = sift(group, events, now);
        state.events(group, stream).append(kept, now);
        return {
          nextSequenceToken: '49039859520866155184219218109180206118784837396',
          ...(rejected ? { rejectedLogEventsInfo: rejected } : {}),
        };
      },
    ),
    GetLogEvents: operation(
      [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamName',
        'startTime',
        'endTime',
        'nextToken',
        'limit',
        'startFromHead',
      ],
      ({
        logGroupName,
        logGroupIdentifier,
        logStreamName,
        startTime,
        endTime,
        nextToken,
        limit,
        startFromHead,
      }) => {
        const group = findGroup(state, logGroupName, logGroupIdentifier);
        const events = state.events(group, findStream(state, group, logStreamName));
        const range = timeRange(startTime, endTime);
        const most = checkLimit(limit, MOST_EVENTS, MOST_EVENTS);
        const token = nextToken === undefined ? undefined : /^([fb])\/(\d{56})$/.exec(nextToken);
        if (token === null) throw invalidToken();
        const position = token ? Number(token[2]) : startFromHead ? 0 : events.end;
        const ahead = token ? token[1] === 'f' : startFromHead === true;
        const page = ahead
          ? take(events.forward(position, range), most)
          : take(events.backward(position, range), most).reverse();
        return {
          events: page.map(({ timestamp, message, ingestionTime }) => ({
            timestamp,
            message,
            ingestionTime,
          })),
          // Tokens are never null; the end is where one repeats.
          nextForwardToken: `f/${digits(page.at(-1)?.next ?? position)}`,
          nextBackwardToken: `b/${digits(page[0]?.position ?? position)}`,
        };
      },
    ),
    FilterLogEvents: operation(
      [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNames',
        'logStreamNamePrefix',
        'startTime',
        'endTime',
        'filterPattern',
        'nextToken',
        'limit',
        'interleaved',
      ],
      (input) => {
        const group = findGroup(state, input.logGroupName, input.logGroupIdentifier);
        const { logStreamNames: names, logStreamNamePrefix: prefix, nextToken } = input;
        if (names?.length && prefix) throw invalid('Give logStreamNames or logStreamNamePrefix, not both.');
        const streams = names?.length
          ? names.map((name) => findStream(state, group, name))
          : state.streamsOf(group.name).filter(({ name }) => name.startsWith(prefix ?? ''));
        const from: Positions = nextToken === undefined ? new Map() : readToken(nextToken);
        const { found, next } = pageAcross(
          streams.map((stream) => ({ stream, events: state.events(group, stream) })),
          timeRange(input.startTime, input.endTime, true),
          compilePattern(input.filterPattern ?? ''),
          from,
          { events: checkLimit(input.limit, MOST_EVENTS, MOST_EVENTS), bytes: MOST_BYTES },
        );
        return {
          events: found.map(({ stream, event }) => ({
            logStreamName: stream.name,
            timestamp: event.timestamp,
            message: event.message,
            ingestionTime: event.ingestionTime,
            eventId: event.id,
          })),
          searchedLogStreams: [],
          ...(next ? { nextToken: writeToken(next) } : {}),
        };
      },
    ),
  };
}

/**
 * GetLogEvents leaves out events at `endTime`, FilterLogEvents takes them in:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
function timeRange(startTime: number | undefined, endTime: number | undefined, inclusive = false): TimeRange {
  if (startTime !== undefined && endTime !== undefined && startTime > endTime)
    throw invalid('startTime must not be later than endTime.');
  return { start: startTime ?? 0, end: (endTime ?? Infinity) + (inclusive ? 1 : 0) };
}

function take(events: Iterable<StoredEvent>, most: number): StoredEvent[] {
  const taken: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += event.message.length;
    if (taken.length > 0 && bytes > MOST_BYTES) break;
    taken.push(event);
    if (taken.length >= most) break;
  }
  return taken;
}

const digits = (position: number): string => String(position).padStart(56, '0');
