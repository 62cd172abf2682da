import type { MemoryLimits } from '../../../runtime/runtime.ts';
import type { TaskDefinitionRecord, TaskRecord } from '../state.ts';

const MEBIBYTE = 1024 * 1024;

/**
 * A container's hard limit is its own `memory`, that of all together the task's; `memoryReservation` limits nothing.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export function memoryLimits(
  task: Pick<TaskRecord, 'id' | 'overrides'>,
  definition: Pick<TaskDefinitionRecord, 'memory'>,
  container: Pick<TaskDefinitionRecord['containerDefinitions'][number], 'name' | 'memory'>,
): MemoryLimits {
  const own =
    task.overrides.containerOverrides?.find(({ name }) => name === container.name)?.memory ??
    container.memory;
  return {
    ...(own ? { bytes: own * MEBIBYTE } : {}),
    group: { name: task.id, bytes: taskMemory(task, definition) * MEBIBYTE },
  };
}

/** Of the whole task, in MiB. */
export const taskMemory = (
  { overrides }: Pick<TaskRecord, 'overrides'>,
  { memory }: Pick<TaskDefinitionRecord, 'memory'>,
): number => Number(overrides.memory ?? memory ?? Infinity);

/** Of the whole task, in units of 1024 a processor. */
export const taskCpu = (
  { overrides }: Pick<TaskRecord, 'overrides'>,
  { cpu }: Pick<TaskDefinitionRecord, 'cpu'>,
): number => Number(overrides.cpu ?? cpu ?? 1024);
