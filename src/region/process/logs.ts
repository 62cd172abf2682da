import type { ServerResponse } from 'node:http';
import type { Region } from '../region.ts';
import type { LogLine } from './protocol.ts';
import { noSuchService, stackServices, type StackService } from './status.ts';

const FOLLOW_INTERVAL_MS = 150;

interface Source extends StackService {
  readonly group: string;
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
    await new Promise<void>((resolve) => void region.clock.schedule(FOLLOW_INTERVAL_MS, resolve));
    for (const line of await read()) response.write(`${JSON.stringify(line)}\n`);
  }
}

/** Reads what has come to a log group since the last call; events are told apart by their ids. */
function groupReader(region: Region, { group, name }: Source, since: number): () => Promise<LogLine[]> {
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
        lines.push({ service: name, task: logStreamName.split('/').at(-1)!, timestamp, message });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    from = newest;
    seen = latest;
    return lines;
  };
}

async function sourcesOf(
  region: Region,
  stack: string,
  wanted: readonly string[],
): Promise<readonly Source[]> {
  const services = await stackServices(region, stack);
  const unknown = wanted.find((name) => !services.some((service) => service.name === name));
  if (unknown !== undefined) throw noSuchService(stack, unknown, services);
  const chosen = wanted.length === 0 ? services : services.filter(({ name }) => wanted.includes(name));
  const sources = await Promise.all(
    chosen.map(async (service): Promise<Source | undefined> => {
      const { services: [described] = [] } = await region.api.ecs.DescribeServices({
        cluster: service.cluster,
        services: [service.arn],
      });
      const { taskDefinition } = await region.api.ecs.DescribeTaskDefinition({
        taskDefinition: described!.taskDefinition!,
      });
      const group = taskDefinition?.containerDefinitions?.[0]?.logConfiguration?.options?.['awslogs-group'];
      return group === undefined ? undefined : { ...service, group };
    }),
  );
  return sources.filter((source) => source !== undefined);
}
