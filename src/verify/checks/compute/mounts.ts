import { isRecord } from '../../../topology/from-template/values.ts';
import type { Origin } from '../../../topology/model.ts';
import {
  type ContainerDefinition,
  type EcsService,
  known,
  type System,
  type TaskDefinition,
} from '../../../topology/system.ts';

export interface Mount {
  readonly path: string;
  readonly origin: Origin;
  readonly volume: TaskDefinition['volumes'][number] | undefined;
}

/** Where volumes appear in a container. */
export function mountsOf(task: TaskDefinition, { properties, origin }: ContainerDefinition): Mount[] {
  const points: unknown = properties['MountPoints'];
  if (!Array.isArray(points)) return [];
  return points.flatMap((point: unknown, index): Mount[] => {
    if (!isRecord(point) || typeof point['ContainerPath'] !== 'string') return [];
    return [
      {
        path: point['ContainerPath'].replace(/(?<=.)\/+$/, ''),
        origin: { ...origin, path: [...origin.path, 'MountPoints', index] },
        volume: task.volumes.find(({ name }) => known(name) === point['SourceVolume']),
      },
    ];
  });
}

/** An EBS volume that a service makes for each task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceManagedEBSVolumeConfiguration.html */
export function managedVolume(system: System, service: EcsService, name: string) {
  const list: unknown = system.resources.get(service.id)?.properties['VolumeConfigurations'];
  if (!Array.isArray(list)) return undefined;
  const index = list.findIndex((one) => isRecord(one) && one['Name'] === name);
  const one: unknown = list[index];
  const settings: unknown = isRecord(one) ? one['ManagedEBSVolume'] : undefined;
  return isRecord(settings)
    ? {
        settings,
        path: [...service.origin.path, 'Properties', 'VolumeConfigurations', index, 'ManagedEBSVolume'],
      }
    : undefined;
}

/** How long what is written to a volume lasts; undefined where that is not known. */
export function lifeOf({ properties }: TaskDefinition['volumes'][number]): 'task' | 'longer' | undefined {
  const [docker, host] = [properties['DockerVolumeConfiguration'], properties['Host']];
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html
  if (isRecord(docker))
    return docker['Scope'] === 'shared'
      ? 'longer'
      : docker['Scope'] === undefined || docker['Scope'] === 'task'
        ? 'task'
        : undefined;
  if (isRecord(host) && host['SourcePath'] !== undefined) return 'longer';
  // Attached by a service, it is deleted with its task: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeTerminationPolicy.html
  if (properties['ConfiguredAtLaunch'] === true) return 'task';
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
  const named = Object.keys(properties).filter((key) => key !== 'Name' && key !== 'Host');
  return named.length === 0 && (host === undefined || isRecord(host))
    ? 'task'
    : named.length === 0
      ? undefined
      : 'longer';
}
