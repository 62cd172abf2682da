import { resource, type Resources } from '../intrinsics.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import type { TaskSize } from '../sizes.ts';
import { ecsService } from './service.ts';
import { taskDefinition } from './task-definition.ts';

/** The cluster, and of each task its definition and its service. */
export function compute(plan: Plan, sizes: ReadonlyMap<string, TaskSize>): Resources {
  const existing = plan.target === 'aws' && plan.app.settings.existing?.cluster !== undefined;
  const resources: Resources = existing ? {} : { Cluster: resource('the cluster', 'AWS::ECS::Cluster', {}) };
  for (const task of plan.tasks) {
    const { name } = task.owner;
    resources[logicalId.taskDefinition(name)] = taskDefinition(plan, task, sizes.get(name)!);
    if (task.kind === 'service') resources[logicalId.service(name)] = ecsService(plan, task);
  }
  return resources;
}
