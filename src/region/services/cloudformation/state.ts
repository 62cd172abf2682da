import type { Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import type {
  ChangeSetRecord,
  DeploymentRecord,
  EventRecord,
  ResourceRecord,
  SignalRecord,
  StackRecord,
} from './records.ts';

export interface State {
  readonly stacks: Table<StackRecord>;
  readonly deployments: Table<DeploymentRecord>;
  readonly changeSets: Table<ChangeSetRecord>;
  readonly signals: Table<SignalRecord>;
  /** Every physical resource of a stack, gone ones too while they are kept. */
  resources(stackId: string): readonly Readonly<ResourceRecord>[];
  /** The generations of one logical resource, oldest first. */
  generations(stackId: string, logicalId: string): readonly Readonly<ResourceRecord>[];
  resource(key: string): Readonly<ResourceRecord> | undefined;
  putResource(record: ResourceRecord): void;
  patchResource(key: string, changes: Partial<ResourceRecord>): Readonly<ResourceRecord>;
  dropResource(key: string): void;
  /** Oldest first. */
  events(stackId: string): readonly Readonly<EventRecord>[];
  addEvent(event: EventRecord): void;
  /** A stack by its id, or by its name where it is not deleted. */
  stack(nameOrId: string): Readonly<StackRecord> | undefined;
  /** Takes a stack and all that is written about it out of the store. */
  forget(stackId: string): void;
}

/** The tables of CloudFormation with the indexes that keep every look-up short. */
export function openState({ store }: Pick<Region, 'store'>): State {
  const stacks = store.table<StackRecord>('cloudformation/stacks');
  const deployments = store.table<DeploymentRecord>('cloudformation/deployments');
  const changeSets = store.table<ChangeSetRecord>('cloudformation/change-sets');
  const signals = store.table<SignalRecord>('cloudformation/signals');
  const resources = store.table<ResourceRecord>('cloudformation/resources');
  const events = store.table<EventRecord>('cloudformation/events');

  const keys = new Map<string, Map<string, Set<string>>>();
  const eventsOf = new Map<string, Readonly<EventRecord>[]>();
  for (const record of resources.values()) index(record);
  for (const event of events.values()) list(event.stackId).push(event);

  function index({ key, stackId, logicalId }: Pick<ResourceRecord, 'key' | 'stackId' | 'logicalId'>): void {
    const ofStack = keys.get(stackId) ?? new Map<string, Set<string>>();
    keys.set(stackId, ofStack);
    const generations = ofStack.get(logicalId) ?? new Set<string>();
    ofStack.set(logicalId, generations);
    generations.add(key);
  }
  function list(stackId: string): Readonly<EventRecord>[] {
    const known = eventsOf.get(stackId) ?? [];
    eventsOf.set(stackId, known);
    return known;
  }
  const read = (found: Iterable<string>): Readonly<ResourceRecord>[] =>
    [...found].flatMap((key) => resources.get(key) ?? []);

  return {
    stacks,
    deployments,
    changeSets,
    signals,
    resources: (stackId) => read([...(keys.get(stackId)?.values() ?? [])].flatMap((found) => [...found])),
    generations: (stackId, logicalId) =>
      read(keys.get(stackId)?.get(logicalId) ?? []).sort((a, b) => a.generation - b.generation),
    resource: (key) => resources.get(key),
    putResource(record) {
      resources.put(record.key, record);
      index(record);
    },
    patchResource: (key, changes) => resources.patch(key, changes),
    dropResource(key) {
      const record = resources.get(key);
      if (!record) return;
      resources.delete(key);
      keys.get(record.stackId)?.get(record.logicalId)?.delete(key);
    },
    events: (stackId) => eventsOf.get(stackId) ?? [],
    addEvent(event) {
      events.put(event.id, event);
      list(event.stackId).push(event);
    },
    stack(nameOrId) {
      if (nameOrId.startsWith('arn:')) return stacks.get(nameOrId);
      for (const stack of stacks.values())
        if (stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE') return stack;
      return undefined;
    },
    forget(stackId) {
      for (const { key } of this.resources(stackId)) resources.delete(key);
      keys.delete(stackId);
      for (const { id } of this.events(stackId)) events.delete(id);
      eventsOf.delete(stackId);
      for (const changeSet of changeSets.values())
        if (changeSet.stackId === stackId) changeSets.delete(changeSet.id);
      for (const deployment of deployments.values())
        if (deployment.stackId === stackId) deployments.delete(deployment.id);
      for (const key of signals.keys()) if (key.startsWith(`${stackId}/`)) signals.delete(key);
      stacks.delete(stackId);
    },
  };
}
