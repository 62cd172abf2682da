import type { HealthStatus, TaskStopCode } from '@aws-sdk/client-ecs';
import {
  taskStatuses,
  type Ecs,
  type TaskDefinitionRecord,
  type TaskRecord,
  type TaskStatus,
} from './state.ts';

const order = new Map(taskStatuses.map((status, index) => [status, index]));
export const isBefore = (a: TaskStatus, b: TaskStatus): boolean => (order.get(a) ?? 0) < (order.get(b) ?? 0);
export const isPending = (status: TaskStatus): boolean => isBefore(status, 'RUNNING');

/** Writes a change; each raises the version. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function changeTask({ tables }: Ecs, id: string, changes: Partial<TaskRecord>): TaskRecord {
  const version = (tables.tasks.get(id)?.version ?? 0) + 1;
  return tables.tasks.patch(id, { ...changes, version });
}

/** A status is never taken back. */
export function advanceTask(
  ecs: Ecs,
  id: string,
  lastStatus: TaskStatus,
  changes: Partial<TaskRecord> = {},
): TaskRecord {
  const task = ecs.tables.tasks.get(id);
  return task && !isBefore(task.lastStatus, lastStatus)
    ? task
    : changeTask(ecs, id, { ...changes, lastStatus });
}

/** Wants a task to stop; the first reason stays. */
export function requestStop(ecs: Ecs, id: string, stopCode: TaskStopCode, stoppedReason: string): void {
  const task = ecs.tables.tasks.get(id);
  if (task?.desiredStatus === 'RUNNING')
    changeTask(ecs, id, { desiredStatus: 'STOPPED', stopCode, stoppedReason: stoppedReason.slice(0, 1024) });
}

/** Essential containers decide. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export function healthOf(task: TaskRecord, definition: TaskDefinitionRecord): HealthStatus {
  const checked = definition.containerDefinitions.filter(
    ({ essential, healthCheck }) => essential !== false && healthCheck,
  );
  if (checked.length === 0) return 'UNKNOWN';
  const states = checked.map(
    ({ name }) => task.containers.find((container) => container.name === name)?.healthStatus,
  );
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY';
  return states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

/** Whether ECS is told by a container health check how the task is. */
export const hasHealthCheck = (definition: TaskDefinitionRecord): boolean =>
  definition.containerDefinitions.some(({ essential, healthCheck }) => essential !== false && healthCheck);
