import type { Container, ContainerUsage } from '../../../runtime/runtime.ts';
import { definitionOf, type Ecs, type TaskRecord } from '../state.ts';
import { taskCpu, taskMemory } from './memory-limits.ts';

/** What a whole task has used, at a time of the machine's own clock. */
export interface TaskUsage {
  readonly at: number;
  readonly cpuMilliseconds: number;
  readonly memoryBytes: number;
}

export type FindContainer = (taskId: string, name: string) => Container | undefined;

/** Of one container, with its time; undefined where nothing runs or nothing can be told. */
export async function containerUsage(
  { region }: Ecs,
  container: Container | undefined,
): Promise<Required<ContainerUsage> | undefined> {
  const usage = await container?.usage?.();
  return usage && { at: region.clock.now(), ...usage };
}

export async function taskUsage(
  ecs: Ecs,
  find: FindContainer,
  task: TaskRecord,
): Promise<TaskUsage | undefined> {
  const all = await Promise.all(task.containers.map(({ name }) => containerUsage(ecs, find(task.id, name))));
  const told = all.filter((usage) => usage !== undefined);
  if (told.length === 0) return undefined;
  return {
    at: Math.max(...told.map(({ at }) => at)),
    cpuMilliseconds: told.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0),
    memoryBytes: told.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

/** Percent of what the task has reserved: no more than all of it, which is all that Fargate gives. */
export function utilization(
  ecs: Ecs,
  task: TaskRecord,
  before: TaskUsage,
  now: TaskUsage,
): { readonly cpu: number; readonly memory: number } {
  const definition = definitionOf(ecs, task.taskDefinitionArn);
  const reserved = (taskCpu(task, definition) / 1024) * Math.max(1, now.at - before.at);
  // What was started again counts from zero.
  const used = Math.max(0, now.cpuMilliseconds - before.cpuMilliseconds);
  const memory = now.memoryBytes / (taskMemory(task, definition) * 1024 * 1024);
  return { cpu: percent(used / reserved), memory: percent(memory) };
}

const percent = (share: number): number => Math.min(100, share * 100);
