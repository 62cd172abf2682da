import type { OperationRecord, ResourceRecord, StackRecord } from './records.ts';
import type { State } from './state.ts';

type Operation = OperationRecord | undefined;

/** Whether a resource is there, or may be. */
export function exists({ state }: Readonly<ResourceRecord>): boolean {
  return state === 'making' || state === 'ready' || state === 'deleting';
}

/** The physical resource that a logical id means at this moment: the newest, in a rollback the one from before the operation. */
export function currentGeneration(
  state: State,
  stackId: string,
  logicalId: string,
): Readonly<ResourceRecord> | undefined {
  const records = state.generations(stackId, logicalId).filter(exists);
  const operation = state.stacks.get(stackId)?.operation;
  if (!operation?.rolledBack) return records.at(-1);
  return records.find(({ generation }) => generation === operation.before[logicalId]);
}

/** Whether the cleanup of an operation leaves a resource in place. */
export function isKept(state: State, operation: OperationRecord, record: Readonly<ResourceRecord>): boolean {
  if (operation.kind === 'delete') return false;
  if (!operation.rolledBack && operation.wanted && !operation.wanted.includes(record.logicalId)) return false;
  return currentGeneration(state, record.stackId, record.logicalId)?.key === record.key;
}

/** One record for each logical id, as DescribeStackResources shows them. */
export function visible(state: State, stack: StackRecord): Readonly<ResourceRecord>[] {
  const shown = new Map<string, Readonly<ResourceRecord>>();
  for (const record of state.resources(stack.id)) {
    const other = shown.get(record.logicalId);
    const current = currentGeneration(state, stack.id, record.logicalId);
    if (!other || current?.key === record.key || (!current && record.generation > other.generation))
      shown.set(record.logicalId, record);
  }
  return [...shown.values()];
}

/** Logical ID → generation of what is in use. */
export function generationsInUse(
  state: State,
  stackId: string,
  operation?: Operation,
): Record<string, number> {
  const inUse: Record<string, number> = {};
  if (operation) return { ...operation.before };
  for (const record of state.resources(stackId))
    if (exists(record)) inUse[record.logicalId] = Math.max(record.generation, inUse[record.logicalId] ?? 0);
  return inUse;
}
