import {
  type Capacity,
  isUnknown,
  known,
  type TaskDefinition,
  type Value,
} from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { instanceType, mostMemory, sureMemory } from './instance-types.ts';
import { capacityOf, definitionOf, partly, reserved, total } from './tasks.ts';

export const instanceTooSmall: Check = {
  id: 'instance-too-small',
  title: 'An instance of the cluster can hold the task',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html',
  why: 'An instance registers less memory than its type has, for the kernel keeps some. The task stays unplaced: “(service X) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance …) has insufficient memory available”.',
  *find({ system }) {
    for (const service of system.services) {
      const task = definitionOf(system, service);
      if (!task || service.launchType !== 'EC2') continue;
      const at = needOrigin(task);
      const capacity = capacityOf(system, service);
      const open = partly(system, task.id, 'ContainerDefinitions');
      if (isUnknown(capacity) || open !== undefined) {
        yield cannotTell(task.id, at, isUnknown(capacity) ? capacity.unknown : (open ?? ''));
        continue;
      }
      const [memory, cpu] = [
        task.memory ?? total(task.containers.map(reserved)),
        task.cpu ?? total(task.containers.map((one) => one.cpu)),
      ];
      const verdicts = capacity.map((one) => holds(one, memory, cpu));
      if (verdicts.includes('yes')) continue;
      const unsure = verdicts.find(isUnknown);
      if (unsure) {
        yield cannotTell(task.id, at, unsure.unknown);
        continue;
      }
      const sizes = capacity.flatMap(({ instanceTypes, reservedMemory }) =>
        (known(instanceTypes) ?? []).flatMap((name) => {
          const type = instanceType(name);
          return type
            ? `${name} has at most ${mostMemory(type) - reservedMemory} MiB and ${type.vcpus * 1024} CPU units`
            : [];
        }),
      );
      yield found(task.id, at, {
        message: `a task of ${task.id} needs ${known(memory) ?? 0} MiB and ${known(cpu) ?? 0} CPU units on one instance, and a ${[...new Set(sizes)].join(', a ')} for tasks`,
        fix: {
          says: 'choose a larger instance type, or let the task reserve less (MemoryReservation)',
          edits: [],
        },
      });
    }
  },
};

function needOrigin({ origin, memory, containers }: TaskDefinition) {
  if (memory !== undefined) return under(origin, 'Memory');
  const largest = containers.toSorted((a, b) => (known(reserved(b)) ?? 0) - (known(reserved(a)) ?? 0))[0];
  if (!largest || reserved(largest) === undefined) return origin;
  return under(largest.origin, largest.memoryReservation === undefined ? 'Memory' : 'MemoryReservation');
}

/** Whether the largest instance of a group holds it. */
function holds(
  { instanceTypes, reservedMemory }: Capacity,
  memory: Value<number>,
  cpu: Value<number>,
): Value<'yes' | 'no'> {
  const open = [instanceTypes, memory, cpu].find(isUnknown);
  if (open) return open;
  const verdicts = (known(instanceTypes) ?? []).map((name): Value<'yes' | 'no'> => {
    const type = instanceType(name);
    if (!type) return { unknown: `how much memory a ${name} has is not known here` };
    const [need, units] = [(known(memory) ?? 0) + reservedMemory, known(cpu) ?? 0];
    if (units > type.vcpus * 1024 || need > mostMemory(type)) return 'no';
    if (need <= sureMemory(type)) return 'yes';
    return {
      unknown: `whether a ${name} has ${need} of its ${type.memory} MiB for tasks depends on its image and kernel`,
    };
  });
  return verdicts.includes('yes') ? 'yes' : (verdicts.find(isUnknown) ?? 'no');
}
