import type { LogStream } from '@aws-sdk/client-cloudwatch-logs';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkLimit, findGroup, findStream, invalid, invalidToken, operation } from './errors.ts';
import { type GroupRecord, type LogsState, streamKey, type StreamRecord } from './state.ts';

export function streamHandlers(state: LogsState): Handlers<typeof import('@aws-sdk/client-cloudwatch-logs')> {
  return {
    CreateLogStream: operation(['logGroupName', 'logStreamName'], ({ logGroupName, logStreamName = '' }) => {
      const group = findGroup(state, logGroupName);
      if (state.streams.has(streamKey(group.name, logStreamName)))
        throw new ApiError('ResourceAlreadyExistsException', 'The specified log stream already exists', 400);
      createStream(state, group, logStreamName);
      return {};
    }),
    DeleteLogStream: operation(['logGroupName', 'logStreamName'], ({ logGroupName, logStreamName }) => {
      const group = findGroup(state, logGroupName);
      state.forget(group, findStream(state, group, logStreamName));
      return {};
    }),
    DescribeLogStreams: operation(
      [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNamePrefix',
        'orderBy',
        'descending',
        'limit',
        'nextToken',
      ],
      ({
        logGroupName,
        logGroupIdentifier,
        logStreamNamePrefix: prefix,
        orderBy,
        descending,
        limit,
        nextToken,
      }) => {
        const group = findGroup(state, logGroupName, logGroupIdentifier);
        // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
        if (orderBy === 'LastEventTime' && prefix)
          throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
        const matching = state.streamsOf(group.name).filter(({ name }) => name.startsWith(prefix ?? ''));
        const views = matching.map((stream) => view(state, group, stream));
        const rank = (stream: LogStream) =>
          orderBy === 'LastEventTime'
            ? String(stream.lastEventTimestamp ?? 0).padStart(16, '0') + (stream.logStreamName ?? '')
            : (stream.logStreamName ?? '');
        const size = checkLimit(limit, 50, 50);
        const key = descending ? (stream: LogStream) => inverted(rank(stream)) : rank;
        const { items, next } = pageAfter(views, key, size, nextToken, invalidToken);
        return { logStreams: [...items], ...(next ? { nextToken: next } : {}) };
      },
    ),
  };
}

/** Sorts the other way round. */
const inverted = (text: string): string =>
  `${[...text].map((sign) => String.fromCharCode(0xffff - sign.charCodeAt(0))).join('')}\uffff`;

export function createStream(state: LogsState, group: GroupRecord, name: string): StreamRecord {
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
  if (!/^[^:*]{1,512}$/s.test(name))
    throw invalid(
      `1 validation error detected: Value '${name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
    );
  const stream = {
    group: group.name,
    name,
    number: state.nextNumber(),
    creationTime: state.region.clock.now(),
  };
  state.streams.put(streamKey(group.name, name), stream);
  return stream;
}

function view(state: LogsState, group: GroupRecord, stream: StreamRecord): LogStream {
  const events = state.events(group, stream);
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: events.firstTime,
    lastEventTimestamp: events.lastTime,
    lastIngestionTime: events.lastIngestion,
    uploadSequenceToken: '49039859520866155184219218109180206118784837396',
    arn: `${state.groupArn(group.name)}:log-stream:${stream.name}`,
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html: always zero since 2019
    storedBytes: 0,
  };
}
