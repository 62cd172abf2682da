import { ApiError } from '../../gateway/api-error.ts';
import { enacting } from '../../gateway/enacting.ts';
import { type GroupRecord, type LogsState, type StreamRecord, streamKey } from './state.ts';

/** Codes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export const invalid = (message: string): ApiError => new ApiError('InvalidParameterException', message, 400);
export const invalidToken = (): ApiError => invalid('The specified nextToken is invalid.');

export const operation = enacting((member, value) =>
  invalid(`${member} (${JSON.stringify(value)}) is not enacted in the local region`),
);

/** A group by its name or ARN, which may end in `:*`. */
export function findGroup(state: LogsState, name = '', identifier = ''): GroupRecord {
  if (name && identifier) throw invalid('Give logGroupName or logGroupIdentifier, not both.');
  const wanted = name || identifier.replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, '').replace(/:\*$/, '');
  const group = state.groups.get(wanted);
  if (!group) throw new ApiError('ResourceNotFoundException', 'The specified log group does not exist.', 400);
  return group;
}

export function findStream(state: LogsState, group: GroupRecord, name = ''): StreamRecord {
  const stream = state.streams.get(streamKey(group.name, name));
  if (!stream)
    throw new ApiError('ResourceNotFoundException', 'The specified log stream does not exist.', 400);
  return stream;
}

export function checkLimit(limit: number | undefined, usual: number, most: number): number {
  if (limit === undefined) return usual;
  if (!(limit >= 1 && limit <= most && Number.isInteger(limit)))
    throw invalid(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${most}`,
    );
  return limit;
}
