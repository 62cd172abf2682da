import { ApiError } from '../../../gateway/api-error.ts';
import type { Ecs, TaskRecord } from '../state.ts';
import { advanceTask } from '../task-status.ts';
import { messageOf, TaskFailure } from './failure.ts';

/** Who holds the interface of a task, as EC2 shows it; also what names the task's network namespace. */
export const descriptionOf = ({ arns }: Ecs, { attachmentId }: TaskRecord): string =>
  arns.attachment(attachmentId);

/** One interface per awsvpc task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html */
export function ensureInterface(ecs: Ecs, task: TaskRecord): TaskRecord {
  if (task.interface) return advanceTask(ecs, task.id, 'PENDING');
  try {
    const made = ecs.region.internal.ec2.createRequesterInterface({
      subnetId: task.subnetId,
      groupIds: task.groupIds,
      description: descriptionOf(ecs, task),
      requester: 'ecs',
      assignPublicIp: task.assignPublicIp,
    });
    return advanceTask(ecs, task.id, 'PENDING', { interface: made });
  } catch (error) {
    const reason = error instanceof ApiError ? error.code : messageOf(error);
    throw new TaskFailure(
      `Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ${task.assignPublicIp ? 'enabled' : 'disabled'} in subnet '${task.subnetId}': ${reason}`,
    );
  }
}

export function releaseInterface(ecs: Ecs, task: TaskRecord): void {
  if (!task.interface) return;
  try {
    ecs.region.internal.ec2.deleteRequesterInterface(task.interface.id);
  } catch (error) {
    // Gone already: a call before a restart had done it.
    if (!(error instanceof ApiError && error.code.endsWith('.NotFound'))) throw error;
  }
}

/** Deletes interfaces of tasks that no record names: made just before a crash, or left by one. */
export function sweepInterfaces(ecs: Ecs): void {
  const { ec2 } = ecs.region.internal;
  const held = new Set([...ecs.tables.tasks.values()].map(({ interface: own }) => own?.id));
  const prefix = ecs.arns.attachment('');
  for (const { id, description } of ec2.topology().interfaces)
    if (description.startsWith(prefix) && !held.has(id)) ec2.deleteRequesterInterface(id);
}
