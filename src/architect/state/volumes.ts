import type { NamedVolume, Service, VolumeMount } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { BY_INIT } from '../problems.ts';
import { members } from '../tasks.ts';
import { fileSystemProblems } from './file-systems.ts';
import { isIn } from './image-folders.ts';
import type { MountPoint, StorageContext } from './storage.ts';

/**
 * A volume without a name holds what the image has there and goes with its container, as the image's own folder does: it is one only
 * where that folder cannot be written, or something is mounted above it.
 */
export function unnamedVolume(
  context: StorageContext,
  service: Service,
  { target: path, readonly }: VolumeMount,
  mounted: readonly { readonly path: string }[],
): MountPoint | undefined {
  const isCovered = mounted.some((mount) => isIn(path, mount.path) || isIn(mount.path, path));
  if (!isCovered && !service.readonlyRoot) return undefined;
  const id = context.newId('anonymous');
  context.volume({ kind: 'scratch', id, ...(context.target === 'local' ? { filled: true } : {}) });
  return { volume: id, path, readonly };
}

/** What a named volume becomes. */
export function namedVolume(
  context: StorageContext,
  service: Service,
  mount: VolumeMount,
): MountPoint | undefined {
  const { app, target } = context;
  const { target: path, readonly, position } = mount;
  const volume = app.volumes.find(({ name }) => name === mount.volume);
  if (!volume) return undefined;
  const id = volume.name;
  const state = volume.state?.value;
  if (state === 'efs') {
    fileSystemProblems(volume).forEach(context.problem);
    context.volume({ kind: 'efs', id, volume: id });
  } else if (state === 'ebs' && target === 'aws') {
    blockProblems(context, service, volume).forEach(context.problem);
    context.volume({ kind: 'ebs', id, volume: id });
  } else if (state === 'ephemeral' || state === 'ebs')
    context.volume({ kind: 'scratch', id, decided: state });
  else if (target === 'local') {
    context.volume({ kind: 'kept', id, externalName: volume.externalName });
    perTask(context, service, volume);
  } else {
    context.problem(state === 'managed' ? managed(volume, service) : undecided(volume, service));
    return undefined;
  }
  if (state === 'ephemeral' || state === 'ebs')
    context.notice({
      code: 'volume-ephemeral',
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeTerminationPolicy.html
      message: `the volume ${id} of ${service.name} lives as long as its task: every deployment begins with an empty one`,
      position,
    });
  return { volume: id, path, readonly };
}

/** One EBS volume per task, for itself: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html */
function blockProblems({ app, task }: StorageContext, service: Service, volume: NamedVolume): Problem[] {
  const own = new Set(members(task).map(({ name }) => name));
  const others = app.services.filter(
    ({ name, mounts }) =>
      !own.has(name) && mounts.some((mount) => mount.kind === 'volume' && mount.volume === volume.name),
  );
  const second = app.volumes.find(
    (other) =>
      other.name !== volume.name &&
      other.state?.value === 'ebs' &&
      members(task).some(({ mounts }) =>
        mounts.some((mount) => mount.kind === 'volume' && mount.volume === other.name),
      ),
  );
  const because = [
    ...(others.length > 0 ? [`${others[0]!.name} uses it too`] : []),
    ...(task.owner.replicas.value > 1 ? [`${service.name} has ${task.owner.replicas.value} tasks`] : []),
    ...(second && second.name < volume.name ? [`${service.name} has another one, ${second.name}`] : []),
    ...(task.kind === 'once' ? [`${service.name} is no service`] : []),
  ];
  return because.map((reason) => ({
    code: 'ebs-volume',
    message: `the volume ${volume.name} cannot be on EBS, where each task of a service has one disk of its own: ${reason}`,
    position: volume.state?.position ?? volume.position,
    fix: `write x-aws: {state: efs} under volumes.${volume.name}`,
  }));
}

function perTask({ notice }: StorageContext, { name, replicas }: Service, volume: NamedVolume): void {
  notice({
    code: 'volume-undecided',
    message: `the volume ${volume.name} of ${name} is kept on this machine; what it is on AWS is not decided`,
    position: volume.position,
    fix: `before fairway deploy, write under volumes.${volume.name}: x-aws: {state: efs | ebs | managed | ephemeral}`,
  });
  if (replicas.value > 1)
    notice({
      code: 'volume-shared-here',
      message: `the ${replicas.value} tasks of ${name} share the volume ${volume.name} on this machine; on AWS only efs is shared`,
      position: replicas.position,
    });
}

const undecided = (volume: NamedVolume, service: Service): Problem => ({
  code: 'volume-undecided',
  message: `the volume ${volume.name} of ${service.name} holds data, and what it becomes on AWS is not decided`,
  position: volume.position,
  fix: [
    `write under volumes.${volume.name} one of`,
    'x-aws: {state: efs}        files that last, shared by all tasks (network file system; slow for databases)',
    'x-aws: {state: ebs}        a fast disk for each task, empty at each start and gone with the task',
    'x-aws: {state: managed}    the data moves to a managed service (RDS, ElastiCache …), which replaces the container',
    'x-aws: {state: ephemeral}  it may be lost: a cache, scratch space',
    BY_INIT,
  ].join('\n'),
});

const managed = (volume: NamedVolume, service: Service): Problem => ({
  code: 'volume-managed',
  message: `the data of ${service.name} (volume ${volume.name}) is to be in a managed service, which Fairway does not set up`,
  position: volume.state!.position,
  fix: `set it up (RDS, ElastiCache, DocumentDB, Amazon MQ …), put its endpoint into the environment of those that call ${service.name}, open its port there (x-aws: {egress: [PORT]}), and keep ${service.name} for local runs: profiles: [local]`,
});
