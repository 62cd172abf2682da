import { posix } from 'node:path';
import type { App, Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import type { LocalBind } from '../design-model.ts';
import type { DesignOptions } from '../options.ts';
import { members, type Task } from '../tasks.ts';
import { bindMount, machineMounts } from './binds.ts';
import { grantedFiles, mountFiles, type Delivery, type DeliveredFile } from './files.ts';
import type { SecretSource } from './secrets.ts';
import { namedVolume, unnamedVolume } from './volumes.ts';

/** A volume of a task definition. */
export type TaskVolume =
  /** It lives as long as its task; `filled` with what the image has there, on this machine; `decided` by the compose file. */
  | {
      readonly kind: 'scratch';
      readonly id: string;
      readonly filled?: true;
      readonly decided?: 'ephemeral' | 'ebs';
    }
  /** Kept on this machine, by a name that outlives tasks. */
  | { readonly kind: 'kept'; readonly id: string; readonly externalName: string }
  | { readonly kind: 'efs'; readonly id: string; readonly volume: string }
  | { readonly kind: 'ebs'; readonly id: string; readonly volume: string }
  /** A file or folder of this machine. */
  | { readonly kind: 'bind'; readonly id: string; readonly source: string; readonly readonly: boolean };

export interface MountPoint {
  readonly volume: string;
  readonly path: string;
  readonly readonly: boolean;
}

/** What a container finds beside its image. */
export interface ContainerStorage {
  readonly mounts: readonly MountPoint[];
  /** Files that a container before it writes. */
  readonly delivery?: Delivery;
}

export interface TaskStorage {
  readonly volumes: readonly TaskVolume[];
  readonly containers: ReadonlyMap<string, ContainerStorage>;
}

/** What the parts of this folder write into while they look at one task. */
export interface StorageContext {
  readonly app: App;
  readonly options: DesignOptions;
  readonly target: 'local' | 'aws';
  readonly task: Task;
  readonly secrets: readonly SecretSource[];
  /** A path of the project, absolute where its folder is. */
  readonly locate: (path: string) => string;
  readonly problem: (problem: Problem) => void;
  readonly notice: (notice: Problem) => void;
  /** Adds a volume of the task; one of the same id is the same. */
  readonly volume: (volume: TaskVolume) => void;
  /** An id that no other volume of the task has. */
  readonly newId: (kind: 'anonymous' | 'bind' | 'files' | 'tmpfs') => string;
}

export interface StorageResult {
  readonly storage: ReadonlyMap<string, TaskStorage>;
  readonly binds: readonly LocalBind[];
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

/** The volumes and files of every task. */
export function storageOf(
  app: App,
  tasks: readonly Task[],
  secrets: readonly SecretSource[],
  options: DesignOptions,
): StorageResult {
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  const storage = new Map(
    tasks.map((task) => {
      const volumes = new Map<string, TaskVolume>();
      const counts = new Map<string, number>();
      const context: StorageContext = {
        app,
        options,
        target: options.target ?? 'aws',
        task,
        secrets,
        locate: (path) =>
          posix.isAbsolute(path) ? path : posix.join(options.directory ?? app.directory, path),
        problem: (problem) => void problems.push(problem),
        notice: (notice) => void notices.push(notice),
        volume: (volume) => void volumes.set(volume.id, volume),
        newId(kind) {
          const count = (counts.get(kind) ?? 0) + 1;
          counts.set(kind, count);
          return `${kind}-${count}`;
        },
      };
      const containers = new Map(
        members(task).map((service) => [service.name, containerStorage(context, service)]),
      );
      return [task.owner.name, { volumes: [...volumes.values()], containers }] as const;
    }),
  );
  return { storage, binds: bindsOf(storage), problems, notices };
}

function containerStorage(context: StorageContext, service: Service): ContainerStorage {
  const mounts: MountPoint[] = [];
  const files: DeliveredFile[] = [];
  const dropped: string[] = [];
  machineMounts(context, service);
  // Binds first: what is dropped decides on volumes below it.
  const inOrder = [...service.mounts].sort((a, b) => Number(b.kind === 'bind') - Number(a.kind === 'bind'));
  for (const mount of inOrder) {
    if (mount.kind === 'bind') {
      const result = bindMount(context, service, mount);
      if (result.mount) mounts.push(result.mount);
      if (result.dropped) dropped.push(mount.target);
      files.push(...result.files);
    } else if (mount.kind === 'tmpfs') mounts.push(scratchMemory(context, service, mount));
    else {
      // A volume that keeps a folder of the image visible below a source bind is not needed without the bind.
      if (mount.volume === undefined && dropped.some((target) => mount.target.startsWith(`${target}/`)))
        continue;
      const point =
        mount.volume === undefined
          ? unnamedVolume(context, service, mount, [...mounts, ...files.map(({ path }) => ({ path }))])
          : namedVolume(context, service, mount);
      if (point) mounts.push(point);
    }
  }
  files.push(...grantedFiles(context, service));
  const delivery = mountFiles(context, service, files, mounts);
  return delivery
    ? { mounts: inDepth([...mounts, ...delivery.mounts]), delivery }
    : { mounts: inDepth(mounts) };
}

/** A folder before what is mounted within it. */
const inDepth = (mounts: readonly MountPoint[]): MountPoint[] =>
  [...mounts].sort((a, b) => a.path.split('/').length - b.path.split('/').length);

/** tmpfs is not for Fargate: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html */
function scratchMemory(
  context: StorageContext,
  { name }: Service,
  { target, position }: { target: string; position: Problem['position'] },
): MountPoint {
  const id = context.newId('tmpfs');
  context.volume({ kind: 'scratch', id });
  context.notice({
    code: 'tmpfs-on-disk',
    message: `${target} of ${name} is a folder on the task's disk: Fargate has no tmpfs`,
    position,
  });
  return { volume: id, path: target, readonly: false };
}

const bindsOf = (storage: ReadonlyMap<string, TaskStorage>): LocalBind[] =>
  [...storage].flatMap(([service, { volumes }]) =>
    volumes.flatMap((volume): LocalBind[] =>
      volume.kind === 'bind'
        ? [{ service, volume: volume.id, source: volume.source, readonly: volume.readonly }]
        : [],
    ),
  );
