import { intrinsicOf } from '../../../template/symbolic.ts';
import { unknown } from '../../../topology/from-template/values.ts';
import type { Origin } from '../../../topology/model.ts';
import {
  type Capacity,
  type ContainerDefinition,
  type EcsService,
  isUnknown,
  known,
  type System,
  type TaskDefinition,
  type Unknown,
  type Value,
} from '../../../topology/system.ts';
import { under } from '../../report.ts';

/** How a container is called in a message. */
export const called = ({ name }: ContainerDefinition): string => known(name) ?? 'a container';

export const definitionOf = (system: System, service: EcsService): TaskDefinition | undefined =>
  system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
export const servicesOf = (system: System, task: TaskDefinition): EcsService[] =>
  system.services.filter(({ taskDefinitionId }) => known(taskDefinitionId) === task.id);
export const containerOf = (task: TaskDefinition, name: string): ContainerDefinition | undefined =>
  task.containers.find((container) => known(container.name) === name);

/** Where a property is written; its owner where it is not. */
export function written(
  { properties, origin }: { readonly properties: Readonly<Record<string, unknown>>; readonly origin: Origin },
  key: string,
): Origin {
  return Object.hasOwn(properties, key) ? under(origin, key) : origin;
}
/** The same for a property of a resource. */
export function writtenAt(system: System, id: string, origin: Origin, key: string): Origin {
  return written({ properties: system.resources.get(id)?.properties ?? {}, origin }, key);
}

/** Why a list of a resource is not known to its last member. */
export function partly(system: System, id: string, key: string): string | undefined {
  const list = system.resources.get(id)?.properties[key];
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) return unknown(list).unknown;
  const open: unknown = list.find(intrinsicOf);
  return open === undefined ? undefined : unknown(open).unknown;
}

/** Whether it has to run on Fargate: it says so, or a service runs it there. */
export function onFargate(system: System, task: TaskDefinition): Value<boolean> {
  if (task.compatibilities.includes('FARGATE')) return true;
  const types = servicesOf(system, task).map(({ launchType }) => launchType);
  if (types.includes('FARGATE')) return true;
  return types.find(isUnknown) ?? false;
}

/** The instances of a service's cluster, or why they are not known. */
export function capacityOf(system: System, { clusterId }: EcsService): readonly Capacity[] | Unknown {
  if (isUnknown(clusterId)) return clusterId;
  const own = system.capacity.filter((capacity) => known(capacity.clusterId) === clusterId);
  const open = system.capacity.find((capacity) => isUnknown(capacity.clusterId));
  if (open && isUnknown(open.clusterId)) return open.clusterId;
  return own.length > 0
    ? own
    : { unknown: `the instances of the cluster ${clusterId} are not declared here` };
}

/** A sum, unless a part of it is not known. */
export function total(values: readonly (Value<number> | undefined)[]): Value<number> {
  const open = values.find(isUnknown);
  if (open && isUnknown(open)) return open;
  return values.reduce<number>((sum, value) => sum + (known(value) ?? 0), 0);
}

/**
 * What the scheduler takes for a container: its reservation, else its limit.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
 */
export const reserved = ({
  memory,
  memoryReservation,
}: Pick<ContainerDefinition, 'memory' | 'memoryReservation'>): Value<number> | undefined =>
  memoryReservation ?? memory;

/** How a resource is called in the stack of an origin; undefined where it is of another one. */
export function localName({ resources }: System, id: string, { stack }: Origin): string | undefined {
  const origin = resources.get(id)?.origin;
  return origin && origin.stack === stack ? String(origin.path[1]) : undefined;
}
