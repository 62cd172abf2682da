import { getAtt, ref, resource } from '../intrinsics.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import type { TaskSize } from '../sizes.ts';
import { volumeTags, volumeEntry } from '../state/task-volumes.ts';
import type { Task } from '../tasks.ts';
import { containers } from './containers.ts';

export function taskDefinition(plan: Plan, task: Task, size: TaskSize) {
  const { name, architecture } = task.owner;
  const volumes = plan.storage.get(name)?.volumes ?? [];
  const tags = volumeTags(volumes);
  return resource(`${name}: its task definition`, 'AWS::ECS::TaskDefinition', {
    RequiresCompatibilities: ['FARGATE'],
    NetworkMode: 'awsvpc',
    Cpu: String(size.cpu),
    Memory: String(size.memory),
    RuntimePlatform: { CpuArchitecture: architecture, OperatingSystemFamily: 'LINUX' },
    ExecutionRoleArn: getAtt('ExecutionRole', 'Arn'),
    TaskRoleArn: getAtt(logicalId.taskRole(name), 'Arn'),
    ContainerDefinitions: containers(plan, task),
    ...(volumes.length > 0 ? { Volumes: volumes.map(volumeEntry) } : {}),
    ...(tags.length > 0 ? { Tags: tags } : {}),
  });
}

export const taskDefinitionRef = (name: string) => ref(logicalId.taskDefinition(name));
