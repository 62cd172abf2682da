import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Region } from '../region.ts';
import type { LogLine } from './protocol.ts';
import { noSuchService, stackResources } from './status.ts';

const FOLLOW_INTERVAL_MS = 150;

/** A log group of a stack, and what writes into it. */
interface Source {
  readonly group: string;
  /** Whether lines of a stream are wanted: by its prefix (the service's name) or its container. */
  readonly wants: (prefix: string, container: string) => boolean;
}

/** Writes a stack's log lines, in the order of time, and with `follow` goes on until the reader leaves. */
export async function followLogs(
  region: Region,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const sources = await sourcesOf(region, query.get('stack') ?? '', query.getAll('service'));
  const since = Number(query.get('since') ?? 0);
  const tail = query.get('tail') === null ? undefined : Number(query.get('tail'));
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const readers = sources.map((source) => groupReader(region, source, since));
  const read = async () =>
    (await Promise.all(readers.map((next) => next()))).flat().sort((a, b) => a.timestamp - b.timestamp);
  const first = await read();
  for (const line of tail === undefined ? first : first.slice(Math.max(0, first.length - tail)))
    response.write(`${JSON.stringify(line)}\n`);
  if (query.get('follow') !== 'true') return;
  response.flushHeaders();
  while (!response.destroyed) {
    await sleep(FOLLOW_INTERVAL_MS);
    for (const line of await read()) response.write(`${JSON.stringify(line)}\n`);
  }
}

/** Reads what has come to a log group since the last call; events are told apart by their ids. */
function groupReader(region: Region, { group, wants }: Source, since: number): () => Promise<LogLine[]> {
  let from = since;
  let seen = new Set<string>();
  return async () => {
    const lines: LogLine[] = [];
    const latest = new Set<string>();
    let newest = from;
    let nextToken: string | undefined;
    do {
      const page = await region.api.logs.FilterLogEvents({
        logGroupName: group,
        startTime: from,
        ...(nextToken ? { nextToken } : {}),
      });
      for (const { eventId = '', timestamp = 0, message = '', logStreamName = '' } of page.events ?? []) {
        if (timestamp > newest) newest = timestamp;
        latest.add(eventId);
        if (seen.has(eventId)) continue;
        // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html: prefix/container/task
        const [prefix = '', container = '', task = ''] = logStreamName.split('/');
        if (wants(prefix, container)) lines.push({ service: container, task, timestamp, message });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    from = newest;
    seen = latest;
    return lines;
  };
}

/** Of the stack's task definitions: of services, of what runs beside them, and of what runs once. */
async function sourcesOf(
  region: Region,
  stack: string,
  wanted: readonly string[],
): Promise<readonly Source[]> {
  const resources = await stackResources(region, stack);
  const definitions = resources.filter(({ type }) => type === 'AWS::ECS::TaskDefinition');
  const containers = (
    await Promise.all(
      definitions.map(async ({ physicalId }) => {
        const { taskDefinition } = await region.api.ecs.DescribeTaskDefinition({
          taskDefinition: physicalId,
        });
        return taskDefinition?.containerDefinitions ?? [];
      }),
    )
  ).flat();
  const names = [...new Set(containers.map(({ name = '' }) => name))].sort();
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw noSuchService(
      stack,
      unknown,
      names.map((name) => ({ name })),
    );
  const chosen = new Set(wanted);
  const wants = (prefix: string, container: string) =>
    chosen.size === 0 || chosen.has(prefix) || chosen.has(container);
  const groups = containers.flatMap(
    ({ logConfiguration }) => logConfiguration?.options?.['awslogs-group'] ?? [],
  );
  return [...new Set(groups)].map((group) => ({ group, wants }));
}
