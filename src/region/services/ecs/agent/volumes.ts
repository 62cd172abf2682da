import type { Volume } from '@aws-sdk/client-ecs';
import type { Image, Mount } from '../../../runtime/runtime.ts';
import { bindOf } from '../binds.ts';
import type { Ecs, TaskDefinitionRecord, TaskRecord } from '../state.ts';
import { mountFileSystem } from './file-systems.ts';

/** What stands behind a volume of a task, before it is known where a container wants it. */
export type TaskVolume = Pick<Mount, 'kind' | 'source' | 'readonly' | 'subpath' | 'initially'>;

/** Tag of a task definition that names the region's own volume behind one of the task's volumes. */
const keptTag = (name: string): string => `fairway:volume:${name}`;

/** Tag of a task definition: the volume begins with what the image has in its place, declared there or not, as on a developer's machine. */
const filledTag = (name: string): string => `fairway:filled:${name}`;

/** Each volume of a task, made ready to be mounted; file systems are reached by the network, so the task must be in it. */
export async function prepareVolumes(
  ecs: Ecs,
  task: TaskRecord,
  definition: TaskDefinitionRecord,
  images: ReadonlyMap<string, Image>,
): Promise<ReadonlyMap<string, TaskVolume>> {
  const volumes = (definition.volumes ?? []).map(
    async (volume) =>
      [volume.name ?? '', await prepareVolume(ecs, task, definition, volume, images)] as const,
  );
  return new Map(await Promise.all(volumes));
}

async function prepareVolume(
  ecs: Ecs,
  task: TaskRecord,
  definition: TaskDefinitionRecord,
  { name = '', efsVolumeConfiguration: efs, configuredAtLaunch }: Volume,
  images: ReadonlyMap<string, Image>,
): Promise<TaskVolume> {
  if (efs) return mountFileSystem(ecs, task, efs);
  const bind = bindOf(ecs, definition, name);
  if (bind) return { kind: 'bind', source: bind.source, readonly: bind.readonly };
  const kept = keptVolume(ecs, definition, name);
  if (kept !== undefined) return { kind: 'volume', source: kept, readonly: false };
  return {
    kind: 'volume',
    source: taskVolume(task.id, name),
    readonly: false,
    initially:
      (configuredAtLaunch
        ? undefined
        : contentOf(definition, name, images, isFilled(ecs, definition, name))) ?? 'empty',
  };
}

/**
 * A new volume of a task holds what the first image has that declares a VOLUME where its container mounts it, and nothing else.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
 */
function contentOf(
  { containerDefinitions }: TaskDefinitionRecord,
  volume: string,
  images: ReadonlyMap<string, Image>,
  undeclared: boolean,
): { readonly image: Image; readonly path: string } | undefined {
  for (const { name, mountPoints = [] } of containerDefinitions)
    for (const { sourceVolume, containerPath = '' } of mountPoints) {
      const image = images.get(name);
      if (sourceVolume !== volume || !image) continue;
      if (undeclared || image.config.volumes.some((path) => isSame(path, containerPath)))
        return { image, path: containerPath };
    }
  return undefined;
}
const isSame = (a: string, b: string) => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');

/** The volumes that end with a task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html */
export function volumesOfTask(ecs: Ecs, id: string, definition: TaskDefinitionRecord): readonly string[] {
  return (definition.volumes ?? []).flatMap(({ name = '', efsVolumeConfiguration }) =>
    efsVolumeConfiguration || keptVolume(ecs, definition, name) !== undefined ? [] : [taskVolume(id, name)],
  );
}

const keptVolume = ({ tables }: Ecs, definition: TaskDefinitionRecord, name: string): string | undefined =>
  tables.tags.get(definition.taskDefinitionArn)?.[keptTag(name)];

const isFilled = ({ tables }: Ecs, definition: TaskDefinitionRecord, name: string): boolean =>
  tables.tags.get(definition.taskDefinitionArn)?.[filledTag(name)] !== undefined;

const taskVolume = (taskId: string, name: string): string => `task-${taskId}-${name}`;
