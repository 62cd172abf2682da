import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * What survives a restart: named tables of plain records, written through to an append-only journal before a call
 * returns. A record is replaced whole (`put`), never changed in place. Dates and bytes survive the journey.
 */
export interface Store {
  /** The table of that name; the same object each time. `volatile` tables start empty with each process. */
  table<T extends object>(name: string, options?: { readonly volatile?: boolean }): Table<T>;
  /**
   * Calls `listener` once, soon after one or more writes to tables whose name starts with one of `prefixes`.
   * The returned function ends the watch.
   */
  watch(prefixes: readonly string[], listener: () => void): () => void;
  close(): void;
}

export interface Table<T extends object> {
  readonly size: number;
  get(id: string): Readonly<T> | undefined;
  has(id: string): boolean;
  /** In the order in which ids were first put. */
  values(): IterableIterator<Readonly<T>>;
  keys(): IterableIterator<string>;
  put(id: string, record: T): void;
  /** Puts `{ ...record, ...changes }`; throws when there is no such record. */
  patch(id: string, changes: Partial<T>): Readonly<T>;
  delete(id: string): boolean;
}

type Entry = [table: string, id: string, record?: unknown];

/** A store whose journal is `file`; without a file, one that lives in memory. */
export function openStore(file?: string): Store {
  const tables = new Map<string, Map<string, object>>();
  const handles = new Map<string, Table<object>>();
  const watchers = new Set<{ prefixes: readonly string[]; listener: () => void; pending: boolean }>();
  if (file) replay(file, tables);
  const journal = file ? compact(file, tables) : undefined;

  function written(name: string, entry?: Entry): void {
    if (journal !== undefined && entry) writeSync(journal, encode(entry));
    for (const watcher of watchers) {
      if (watcher.pending || !watcher.prefixes.some((prefix) => name.startsWith(prefix))) continue;
      watcher.pending = true;
      setImmediate(() => {
        watcher.pending = false;
        if (watchers.has(watcher)) watcher.listener();
      });
    }
  }

  function open(name: string, durable: boolean): Table<object> {
    const records = tables.get(name) ?? new Map<string, object>();
    tables.set(name, records);
    const write = (...entry: Entry) => written(name, durable ? entry : undefined);
    return {
      get size() {
        return records.size;
      },
      get: (id) => records.get(id),
      has: (id) => records.has(id),
      values: () => records.values(),
      keys: () => records.keys(),
      put(id, record) {
        records.set(id, record);
        write(name, id, record);
      },
      patch(id, changes) {
        const before = records.get(id);
        if (!before) throw new Error(`no record ${id} in ${name}`);
        const after = { ...before, ...changes };
        records.set(id, after);
        write(name, id, after);
        return after;
      },
      delete(id) {
        const had = records.delete(id);
        if (had) write(name, id);
        return had;
      },
    };
  }

  return {
    table<T extends object>(name: string, { volatile = false } = {}) {
      const handle = handles.get(name) ?? open(name, !volatile);
      handles.set(name, handle);
      return handle as unknown as Table<T>;
    },
    watch(prefixes, listener) {
      const watcher = { prefixes, listener, pending: false };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    close() {
      watchers.clear();
      if (journal !== undefined) closeSync(journal);
    },
  };
}

/** A line that a crash cut short is the last one, and is left out: its call had not returned. */
function replay(file: string, tables: Map<string, Map<string, object>>): void {
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop();
  for (const line of lines) {
    const [name, id, record] = JSON.parse(line, revive) as Entry;
    const records = tables.get(name) ?? new Map<string, object>();
    tables.set(name, records);
    if (record === undefined) records.delete(id);
    else records.set(id, record as object);
  }
}

/** Writes the journal anew with one line a record, replaces the old one atomically, and returns it open for appending. */
function compact(file: string, tables: Map<string, Map<string, object>>): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.next`;
  const descriptor = openSync(next, 'w', 0o600);
  for (const [name, records] of tables)
    for (const [id, record] of records) writeSync(descriptor, encode([name, id, record]));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, file);
  return openSync(file, 'a', 0o600);
}

const encode = (entry: Entry): string => `${JSON.stringify(entry, tag)}\n`;

function tag(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Date) return { $date: raw.getTime() };
  if (raw instanceof Uint8Array) return { $bytes: Buffer.from(raw).toString('base64') };
  return value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$date' in value) return new Date(value.$date as number);
  if ('$bytes' in value) return Buffer.from(value.$bytes as string, 'base64');
  return value;
}
