import {
  type Capacity,
  type EcsService,
  isUnknown,
  known,
  type System,
  type Value,
} from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found } from '../../report.ts';
import { instanceType, taskInterfaces } from './instance-types.ts';
import { capacityOf, definitionOf, total } from './tasks.ts';

export const instanceOutOfEnis: Check = {
  id: 'instance-out-of-enis',
  title: 'The instances have a network interface for each awsvpc task',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html',
  why: 'Each awsvpc task takes an interface of its instance, and one is the instance’s own. The rest of the tasks stays unplaced, “RESOURCE:ENI”: “(service X) was unable to place a task because no container instance met all of its requirements”.',
  *find({ system }) {
    const clusters = new Map<string, EcsService[]>();
    for (const service of system.services) {
      const task = definitionOf(system, service);
      if (task?.networkMode !== 'awsvpc' || service.launchType !== 'EC2') continue;
      const key = known(service.clusterId) ?? service.id;
      clusters.set(key, [...(clusters.get(key) ?? []), service]);
    }
    for (const services of clusters.values()) yield* judged(system, services);
  },
};

function* judged(system: System, services: readonly EcsService[]): Generator<Report> {
  const [first] = services;
  if (!first) return;
  const capacity = capacityOf(system, first);
  if (isUnknown(capacity)) return yield cannotTell(first.id, first.origin, capacity.unknown);
  const [group] = capacity;
  if (!group) return;
  const [least, most] = [false, true].map((trunked) => total(capacity.map((one) => room(one, trunked))));
  const instances = total(capacity.map(({ maximum }) => maximum));
  const wanted = total(
    services.map(({ scheduling, desiredCount }) => (scheduling === 'DAEMON' ? instances : desiredCount)),
  );
  const open = [least, most, wanted].find(isUnknown);
  if (open && isUnknown(open)) return yield cannotTell(group.id, group.typeOrigin, open.unknown);
  const [places, trunks, tasks] = [known(least) ?? 0, known(most) ?? 0, known(wanted) ?? 0];
  if (tasks <= places) return;
  if (tasks <= trunks)
    return yield cannotTell(
      group.id,
      group.typeOrigin,
      `${tasks} awsvpc tasks need awsvpcTrunking, a setting of the account: without it there is room for ${places}`,
    );
  const names = known(group.instanceTypes) ?? [];
  yield found(group.id, group.typeOrigin, {
    message: `${tasks} awsvpc tasks (${services.map(({ id }) => id).join(', ')}) want a network interface each, and ${known(instances) ?? 0} × ${names.join(' or ')} ${trunks > 0 ? `offer ${trunks}` : 'offer none'}`,
    fix: {
      says: 'have more or larger instances, or run the tasks in bridge mode, where they share the interface of the instance',
      edits: [],
    },
  });
}

/** The tasks that a group has interfaces for; the best of its types counts. */
function room({ instanceTypes, maximum }: Capacity, trunked: boolean): Value<number> {
  if (isUnknown(instanceTypes)) return instanceTypes;
  if (isUnknown(maximum)) return maximum;
  const counts = instanceTypes.map((name): Value<number> => {
    const type = instanceType(name);
    if (!type) return { unknown: `how many network interfaces a ${name} has is not known here` };
    return trunked ? (type.trunked ?? taskInterfaces(type)) : taskInterfaces(type);
  });
  const open = counts.find(isUnknown);
  return open ?? maximum * Math.max(0, ...counts.flatMap((count) => known(count) ?? []));
}
