import { isRecord } from '../../../topology/from-template/values.ts';
import {
  known,
  type ContainerDefinition,
  type System,
  type TaskDefinition,
} from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { found, under } from '../../report.ts';
import { DATA_DIRECTORIES, KEEPING, officialName } from './images.ts';
import { lifeOf, mountsOf } from './mounts.ts';
import { called, servicesOf } from './tasks.ts';

export const stateUndecided: Check = {
  id: 'state-undecided',
  title: 'It is decided where the data of a database in a container lives',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html',
  why: 'A task is replaced at every deployment, and whenever it or its host fails. What it wrote into itself or into a volume of its own is gone then; and of two tasks each has data of its own, or both write the same files.',
  *find({ system }) {
    for (const task of system.taskDefinitions)
      for (const container of task.containers) {
        const name = officialName(container);
        if (name === undefined) continue;
        if (Object.hasOwn(DATA_DIRECTORIES, name)) yield* several(system, task, container);
        if (Object.hasOwn(KEEPING, name)) yield* shortLived(system, task, container, KEEPING[name] ?? '');
      }
  },
};

function* several(system: System, task: TaskDefinition, container: ContainerDefinition): Generator<Report> {
  for (const { id, desiredCount, maximumCount, origin } of servicesOf(system, task)) {
    const [count, most] = [known(desiredCount) ?? 1, known(maximumCount) ?? 1];
    if (most > Math.max(1, count))
      yield found(id, origin, {
        message: `auto scaling may come to ${most} tasks of ${called(container)}, a database: they do not know of each other`,
        fix: {
          says: 'write MaxCapacity: 1 in its scalable target, or use a managed database (RDS, DocumentDB)',
          edits: [],
        },
      });
    if (count <= 1 || most > count) continue;
    yield found(id, under(origin, 'DesiredCount'), {
      message: `${count} tasks run ${called(container)}, a database: they do not know of each other`,
      fix: {
        says: 'write DesiredCount: 1, or use a managed database (RDS, DocumentDB), which has its own copies',
        edits: [{ kind: 'set', path: under(origin, 'DesiredCount').path, value: 1 }],
      },
    });
  }
}

/** Whether a compose file says of a volume that it may go with its task; its name is in a tag then. */
function isDecided(system: System, { id }: TaskDefinition, volume: string | undefined): boolean {
  const tags: unknown = system.resources.get(id)?.properties['Tags'];
  return (
    Array.isArray(tags) &&
    tags.some((tag: unknown) => isRecord(tag) && tag['Key'] === `fairway:state:${volume}`)
  );
}

function* shortLived(
  system: System,
  task: TaskDefinition,
  container: ContainerDefinition,
  directory: string,
): Generator<Report> {
  for (const { path, volume, origin } of mountsOf(task, container)) {
    if (
      !volume ||
      lifeOf(volume) !== 'task' ||
      isDecided(system, task, known(volume.name)) ||
      !(path === directory || directory.startsWith(`${path}/`) || path.startsWith(`${directory}/`))
    )
      continue;
    yield found(task.id, under(origin, 'SourceVolume'), {
      message: `${called(container)} keeps its data in the volume ${known(volume.name) ?? ''}, which is deleted with the task`,
      fix: {
        says: 'give it a volume that outlives the task (EFSVolumeConfiguration, or a shared Docker volume), use a managed database, or take the volume out where the data may be lost',
        edits: [],
      },
    });
  }
}
