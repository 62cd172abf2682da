import { written } from '../../../template/json.ts';
import { isRecord } from '../../../topology/from-template/values.ts';
import {
  known,
  type ContainerDefinition,
  type System,
  type TaskDefinition,
} from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { found, under } from '../../report.ts';
import { DATA_DIRECTORIES, officialName } from './images.ts';
import { managedVolume, type Mount, mountsOf } from './mounts.ts';
import { called, servicesOf } from './tasks.ts';

/** Databases that start only with an empty directory. */
const WANT_EMPTY = ['postgres', 'mysql'];

export const dataDirectoryNotEmpty: Check = {
  id: 'data-directory-not-empty',
  title: 'A database’s data directory is not the top of a new file system',
  severity: 'warning',
  source:
    'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html',
  why: 'A new ext4 file system has a folder lost+found, so the directory is not empty, and the database does not start: “initdb: error: directory "/var/lib/postgresql/data" exists but is not empty. It contains a lost+found directory”.',
  *find({ system }) {
    for (const task of system.taskDefinitions)
      for (const container of task.containers) {
        const name = officialName(container) ?? '';
        if (!WANT_EMPTY.includes(name)) continue;
        const directory = dataDirectory(container, name);
        const mount = mountsOf(task, container).find(({ path }) => path === directory);
        const kind = mount && freshFileSystem(system, task, mount);
        if (!mount || kind === undefined) continue;
        const inside = `${mount.path}/data`;
        yield found(task.id, under(mount.origin, 'ContainerPath'), {
          message: `${called(container)} keeps its data in ${mount.path}, the top of a new ${kind} volume, where there is lost+found already`,
          fix:
            name === 'postgres'
              ? {
                  says: `keep the data in a folder below: Environment: PGDATA=${inside}`,
                  edits: [variable(container, 'PGDATA', inside)],
                }
              : { says: 'format the volume with xfs, or mount it above the data directory', edits: [] },
        });
      }
  },
};

function dataDirectory({ environment }: ContainerDefinition, name: string): string | undefined {
  const own = environment.find((variable) => variable.name === 'PGDATA');
  return own ? known(own.value) : DATA_DIRECTORIES[name];
}

function variable({ properties, environment, origin }: ContainerDefinition, name: string, value: string) {
  const before = environment.find((one) => one.name === name);
  if (before) return { kind: 'set', path: under(before.origin, 'Value').path, value } as const;
  const path = under(origin, 'Environment').path;
  return Array.isArray(properties['Environment'])
    ? ({ kind: 'append', path, value: { Name: name, Value: value } } as const)
    : ({ kind: 'set', path, value: [{ Name: name, Value: value }] } as const);
}

/** `ext4` where the volume is made anew with one: of ECS (where xfs is the default), or by the user data of instances. */
function freshFileSystem(system: System, task: TaskDefinition, { volume }: Mount): string | undefined {
  if (!volume) return undefined;
  for (const service of servicesOf(system, task)) {
    const settings = managedVolume(system, service, known(volume.name) ?? '')?.settings;
    if (
      settings &&
      settings['SnapshotId'] === undefined &&
      /^ext[34]$/.test(written(settings['FilesystemType']))
    )
      return written(settings['FilesystemType']);
  }
  const host = volume.properties['Host'];
  const folder: unknown = isRecord(host) ? host['SourcePath'] : undefined;
  if (typeof folder !== 'string') return undefined;
  for (const { script = '' } of system.capacity) {
    const made = /mkfs(?:\.|\s+-t\s*)(ext[34])/.exec(script)?.[1];
    const mounted = [
      ...script.matchAll(/^\s*(?:sudo\s+)?mount\s+(?:-\S+\s+)*\S+\s+(\S+)|\s(\/\S*)\s+ext[34]\s/gm),
    ];
    if (
      made !== undefined &&
      mounted.some((match) => (match[1] ?? match[2])?.replace(/(?<=.)\/+$/, '') === folder)
    )
      return made;
  }
  return undefined;
}
