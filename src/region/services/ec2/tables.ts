import type { Store, Table } from '../../store/store.ts';
import type { Kind, Kinds } from './records.ts';

/** A table whose writes are seen at once by what is derived from it. */
export interface WatchedTable<T extends object> extends Table<T> {
  onChange(
    listener: (id: string, before: Readonly<T> | undefined, after: Readonly<T> | undefined) => void,
  ): void;
}
export type Tables = { readonly [K in Kind]: WatchedTable<Kinds[K]> };

const NAMES: { readonly [K in Kind]: string } = {
  vpc: 'ec2/vpcs',
  subnet: 'ec2/subnets',
  'route-table': 'ec2/route-tables',
  'route-table-association': 'ec2/route-table-associations',
  'internet-gateway': 'ec2/internet-gateways',
  natgateway: 'ec2/nat-gateways',
  'elastic-ip': 'ec2/addresses',
  'security-group': 'ec2/security-groups',
  'security-group-rule': 'ec2/security-group-rules',
  'network-acl': 'ec2/network-acls',
  'network-acl-association': 'ec2/network-acl-associations',
  'network-interface': 'ec2/network-interfaces',
  'vpc-endpoint': 'ec2/vpc-endpoints',
  'dhcp-options': 'ec2/dhcp-options',
};

export function openTables(store: Store): Tables {
  const open = <K extends Kind>(kind: K) => watched(store.table<Kinds[K]>(NAMES[kind]));
  return {
    vpc: open('vpc'),
    subnet: open('subnet'),
    'route-table': open('route-table'),
    'route-table-association': open('route-table-association'),
    'internet-gateway': open('internet-gateway'),
    natgateway: open('natgateway'),
    'elastic-ip': open('elastic-ip'),
    'security-group': open('security-group'),
    'security-group-rule': open('security-group-rule'),
    'network-acl': open('network-acl'),
    'network-acl-association': open('network-acl-association'),
    'network-interface': open('network-interface'),
    'vpc-endpoint': open('vpc-endpoint'),
    'dhcp-options': open('dhcp-options'),
  };
}

function watched<T extends object>(table: Table<T>): WatchedTable<T> {
  const listeners: Parameters<WatchedTable<T>['onChange']>[0][] = [];
  const changed = (id: string, before: Readonly<T> | undefined) => {
    for (const listener of listeners) listener(id, before, table.get(id));
  };
  return {
    get size() {
      return table.size;
    },
    get: table.get,
    has: table.has,
    values: table.values,
    keys: table.keys,
    put(id, record) {
      const before = table.get(id);
      table.put(id, record);
      changed(id, before);
    },
    patch(id, changes) {
      const before = table.get(id);
      const after = table.patch(id, changes);
      changed(id, before);
      return after;
    },
    delete(id) {
      const before = table.get(id);
      const had = table.delete(id);
      if (had) changed(id, before);
      return had;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The records of a table by a key of theirs, kept up with every write. */
export interface Index<T> {
  /** The same list each time, until one of its records is written. */
  get(key: string): readonly Readonly<T>[];
  has(key: string): boolean;
}

export function indexBy<T extends object>(
  table: WatchedTable<T>,
  keysOf: (record: Readonly<T>) => readonly (string | undefined)[],
): Index<T> {
  const groups = new Map<string, { readonly records: Map<string, Readonly<T>>; list?: Readonly<T>[] }>();
  const remove = (id: string, record: Readonly<T>) => {
    for (const key of keysOf(record)) {
      const group = key === undefined ? undefined : groups.get(key);
      if (key === undefined || !group) continue;
      group.records.delete(id);
      delete group.list;
      if (group.records.size === 0) groups.delete(key);
    }
  };
  const add = (id: string, record: Readonly<T>) => {
    for (const key of keysOf(record)) {
      if (key === undefined) continue;
      const group = groups.get(key) ?? { records: new Map<string, Readonly<T>>() };
      group.records.set(id, record);
      delete group.list;
      groups.set(key, group);
    }
  };
  for (const id of table.keys()) {
    const record = table.get(id);
    if (record) add(id, record);
  }
  table.onChange((id, before, after) => {
    if (before) remove(id, before);
    if (after) add(id, after);
  });
  return {
    get(key) {
      const group = groups.get(key);
      if (!group) return NONE;
      return (group.list ??= [...group.records.values()]);
    },
    has: (key) => groups.has(key),
  };
}

const NONE: readonly never[] = [];
