import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { openEventFile, type EventFile } from './event-file.ts';

export interface GroupRecord {
  readonly name: string;
  /** Names its folder, so that no group's name is ever a path. */
  readonly number: number;
  readonly creationTime: number;
  readonly retentionInDays?: number | undefined;
  readonly logGroupClass: 'STANDARD';
  readonly tags: Readonly<Record<string, string>>;
}
export interface StreamRecord {
  readonly group: string;
  readonly name: string;
  readonly number: number;
  readonly creationTime: number;
}
export interface LogsState {
  readonly region: Region;
  readonly groups: Table<GroupRecord>;
  /** By `streamKey`. */
  readonly streams: Table<StreamRecord>;
  groupArn(name: string): string;
  folder(group: GroupRecord): string;
  streamsOf(group: string): readonly StreamRecord[];
  nextNumber(): number;
  /** The events of a stream, freed from those that the group's retention has ended. */
  events(group: GroupRecord, stream: StreamRecord): EventFile;
  forget(group: GroupRecord, stream?: StreamRecord): void;
}
const DAY = 24 * 60 * 60 * 1000;

export function createState(region: Region, directory: string): LogsState {
  const groups = region.store.table<GroupRecord>('logs/groups');
  const streams = region.store.table<StreamRecord>('logs/streams');
  const numbers = region.store.table<{ readonly last: number }>('logs/numbers');
  const files = new Map<number, EventFile>();
  const byGroup = new Map<string, Map<string, StreamRecord>>();
  for (const stream of streams.values()) index(stream);

  function index(stream: StreamRecord): void {
    const of = byGroup.get(stream.group) ?? new Map<string, StreamRecord>();
    of.set(stream.name, stream);
    byGroup.set(stream.group, of);
  }
  const folder = ({ number }: GroupRecord) => join(directory, String(number));
  const file = (group: GroupRecord, stream: StreamRecord) => join(folder(group), String(stream.number));
  const indexed: Table<StreamRecord> = Object.create(streams, {
    put: {
      value: (id: string, stream: StreamRecord) => {
        streams.put(id, stream);
        index(stream);
      },
    },
  }) as Table<StreamRecord>;

  return {
    region,
    groups,
    streams: indexed,
    groupArn: (name) =>
      `arn:${region.identity.partition}:logs:${region.identity.region}:${region.identity.accountId}:log-group:${name}`,
    folder,
    streamsOf: (group) => [...(byGroup.get(group)?.values() ?? [])],
    nextNumber() {
      const last = (numbers.get('last')?.last ?? 0) + 1;
      numbers.put('last', { last });
      return last;
    },
    events(group, stream) {
      let events = files.get(stream.number);
      if (!events) {
        events = openEventFile(file(group, stream), stream.number, (dropped) =>
          region.log(
            `logs: ${stream.group} ${stream.name} is over its bound, its ${dropped} oldest bytes are dropped`,
          ),
        );
        files.set(stream.number, events);
      }
      if (group.retentionInDays !== undefined)
        events.expire(region.clock.now() - group.retentionInDays * DAY);
      return events;
    },
    forget(group, stream) {
      const gone = stream ? [stream] : [...(byGroup.get(group.name)?.values() ?? [])];
      for (const each of gone) {
        streams.delete(streamKey(each.group, each.name));
        byGroup.get(group.name)?.delete(each.name);
        files.delete(each.number);
      }
      if (!stream) byGroup.delete(group.name);
      rmSync(stream ? file(group, stream) : folder(group), { recursive: true, force: true });
    },
  };
}

/** A colon is the one sign that neither name can hold. */
export const streamKey = (group: string, stream: string): string => `${group}:${stream}`;
