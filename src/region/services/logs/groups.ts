import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import { checkLimit, findGroup, invalid, invalidToken, operation } from './errors.ts';
import type { GroupRecord, LogsState } from './state.ts';
import { checkTags } from './tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
const NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = new Set([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

export function groupHandlers(state: LogsState): Handlers<typeof import('@aws-sdk/client-cloudwatch-logs')> {
  return {
    CreateLogGroup: operation(
      ['logGroupName', 'tags', 'logGroupClass'],
      ({ logGroupName: name = '', tags, logGroupClass }) => {
        if (!NAME.test(name) || name.startsWith('aws/'))
          throw invalid(
            `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
          );
        if (logGroupClass && logGroupClass !== 'STANDARD')
          throw invalid(`logGroupClass ${logGroupClass} is not enacted in the local region`);
        if (state.groups.has(name))
          throw new ApiError('ResourceAlreadyExistsException', 'The specified log group already exists', 400);
        state.groups.put(name, {
          name,
          number: state.nextNumber(),
          creationTime: state.region.clock.now(),
          logGroupClass: 'STANDARD',
          tags: checkTags(tags ?? {}),
        });
        return {};
      },
    ),
    DeleteLogGroup: operation(['logGroupName'], ({ logGroupName }) => {
      const group = findGroup(state, logGroupName);
      state.groups.delete(group.name);
      state.forget(group);
      return {};
    }),
    DescribeLogGroups: operation(
      [
        'logGroupNamePrefix',
        'logGroupNamePattern',
        'logGroupIdentifiers',
        'limit',
        'nextToken',
        'logGroupClass',
      ],
      ({
        logGroupNamePrefix: prefix,
        logGroupNamePattern: pattern,
        logGroupIdentifiers: identifiers,
        limit,
        nextToken,
        logGroupClass,
      }) => {
        if (prefix && pattern) throw invalid('Give logGroupNamePrefix or logGroupNamePattern, not both.');
        const named = identifiers?.length
          ? new Set(identifiers.map((identifier) => findGroup(state, '', identifier).name))
          : undefined;
        const matching = [...state.groups.values()].filter(
          ({ name, logGroupClass: own }) =>
            name.startsWith(prefix ?? '') &&
            name.toLowerCase().includes((pattern ?? '').toLowerCase()) &&
            (!named || named.has(name)) &&
            (!logGroupClass || logGroupClass === own),
        );
        const size = checkLimit(limit, 50, 50);
        const { items, next } = pageAfter(matching, ({ name }) => name, size, nextToken, invalidToken);
        return { logGroups: items.map((group) => view(state, group)), ...(next ? { nextToken: next } : {}) };
      },
    ),
    PutRetentionPolicy: operation(
      ['logGroupName', 'retentionInDays'],
      ({ logGroupName, retentionInDays = 0 }) => {
        const group = findGroup(state, logGroupName);
        if (!RETENTION_DAYS.has(retentionInDays))
          throw invalid(
            `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must be one of ${[...RETENTION_DAYS].join(', ')}`,
          );
        state.groups.put(group.name, { ...group, retentionInDays });
        return {};
      },
    ),
    DeleteRetentionPolicy: operation(['logGroupName'], ({ logGroupName }) => {
      const group = findGroup(state, logGroupName);
      state.groups.put(group.name, { ...group, retentionInDays: undefined });
      return {};
    }),
  };
}

function view(state: LogsState, group: GroupRecord): LogGroup {
  const arn = state.groupArn(group.name);
  return {
    logGroupName: group.name,
    logGroupArn: arn,
    arn: `${arn}:*`,
    creationTime: group.creationTime,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    logGroupClass: group.logGroupClass,
    storedBytes: bytesIn(state.folder(group)),
  };
}

/** From the files' sizes, so that a listing opens none of them. */
function bytesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log'))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
