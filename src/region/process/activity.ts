import type { ServerResponse } from 'node:http';
import type { Call } from '../gateway/gateway.ts';
import type { Region } from '../region.ts';
import type { EventRecord } from '../services/cloudformation/records.ts';
import type { ActivityLine } from './protocol.ts';

/** How long the same call that only reads is counted before it is told again: waiters ask many times a second. */
const READS_COUNTED_MS = 5_000;

export interface Activity {
  /** Told each call that came over the wire. */
  called(call: Call): void;
  /** Writes a line of JSON for all that goes on from here, until the reader leaves. */
  follow(response: ServerResponse): Promise<void>;
}

/** What goes on in a region, for people who look on: calls, states of stacks, events of services, ends of tasks. */
export function createActivity(region: Region): Activity {
  const readers = new Set<(line: ActivityLine) => void>();
  const reads = new Map<string, { until: number; skipped: number }>();
  const tell = (line: Omit<ActivityLine, 'at'>) => {
    for (const reader of readers) reader({ at: region.clock.now(), ...line });
  };
  return {
    called({ service, operation, status, code, milliseconds }) {
      if (readers.size === 0) return;
      const what = `${service} ${operation}`;
      const failed = status >= 400;
      let times = 1;
      if (!failed && /^(Describe|List|Get|Head|BatchGet|Filter)/.test(operation)) {
        const known = reads.get(what);
        if (known && known.until > Date.now()) return void known.skipped++;
        times += known?.skipped ?? 0;
        reads.set(what, { until: Date.now() + READS_COUNTED_MS, skipped: 0 });
      }
      const outcome = failed ? `${status} ${code ?? ''}`.trim() : `${Math.round(milliseconds)} ms`;
      tell({ kind: 'call', what, text: `${outcome}${times > 1 ? ` (${times} times)` : ''}`, failed });
    },
    async follow(response) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.flushHeaders();
      const reader = (line: ActivityLine) => void response.write(`${JSON.stringify(line)}\n`);
      readers.add(reader);
      const stop = watchEvents(region, tell);
      await new Promise<void>((resolve) => response.once('close', resolve));
      stop();
      readers.delete(reader);
    },
  };
}

/** Tells what is written from here on into the tables that people want to see change. */
function watchEvents(region: Region, tell: (line: Omit<ActivityLine, 'at'>) => void): () => void {
  const { store } = region;
  const stackEvents = freshOf(() => store.table<EventRecord>('cloudformation/events').values());
  const serviceEvents = freshOf(() => eventsOf(region));
  const stoppedTasks = freshOf(() => stoppedOf(region));
  return store.watch(['cloudformation/events', 'ecs/service-events', 'ecs/tasks'], () => {
    for (const { type, stackName, status, reason, logicalId } of stackEvents()) {
      const failed = /FAILED|ROLLBACK/.test(status);
      if (type === 'AWS::CloudFormation::Stack' || failed)
        tell({
          kind: 'stack',
          what: type === 'AWS::CloudFormation::Stack' ? `stack ${stackName}` : `${stackName}/${logicalId}`,
          text: `${status}${reason ? `: ${reason}` : ''}`,
          failed,
        });
    }
    for (const { name, text } of serviceEvents())
      tell({
        kind: 'service',
        what: `service ${name}`,
        text,
        failed: /unable|unhealthy|failed/i.test(text),
      });
    for (const { name, text } of stoppedTasks())
      tell({ kind: 'task', what: `task ${name}`, text, failed: true });
  });
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

function* eventsOf({ store }: Region): Generator<Named> {
  const table = store.table<{
    readonly events: readonly { readonly id?: string | undefined; readonly message?: string | undefined }[];
  }>('ecs/service-events');
  for (const arn of table.keys()) {
    const name = arn.split('/').at(-1)!;
    // Newest first in the record, as DescribeServices gives them.
    for (const { id = '', message = '' } of [...(table.get(arn)?.events ?? [])].reverse())
      yield { id, name, text: message.replace(/^\(service [^)]*\) /, '') };
  }
}

function* stoppedOf({ store }: Region): Generator<Named> {
  const table = store.table<{
    readonly id: string;
    readonly group: string;
    readonly stoppedAt?: Date | undefined;
    readonly stoppedReason?: string | undefined;
  }>('ecs/tasks');
  for (const { id, group, stoppedAt, stoppedReason = '' } of table.values())
    // What a deployment or a scale-in takes down is told by the service's events.
    if (stoppedAt && !stoppedReason.startsWith('Scaling activity'))
      yield { id, name: `${group.split(':').at(-1)} ${id.slice(0, 8)}`, text: `stopped: ${stoppedReason}` };
}

/** Gives, at each call, what was not there at the call before; what is there at first is known. */
function freshOf<T extends { readonly id: string }>(list: () => Iterable<T>): () => readonly T[] {
  let known = new Set([...list()].map(({ id }) => id));
  return () => {
    const now = [...list()];
    const fresh = now.filter(({ id }) => !known.has(id));
    known = new Set(now.map(({ id }) => id));
    return fresh;
  };
}
