import { isUnknown, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { nearestPair } from './fargate-pairs.ts';
import { definitionOf, onFargate, partly, total, writtenAt } from './tasks.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html */
const PROXY = { cpu: 256, memory: 64 };

export const proxyResourcesMissing: Check = {
  id: 'proxy-resources-missing',
  title: 'A task with Service Connect leaves CPU and memory for its proxy',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html',
  why: 'ECS puts a proxy into each task, and it takes what the containers leave. AWS asks for 256 CPU units and at least 64 MiB (512 units more above 500 requests a second); without them it is slow, or is killed, and the task with it.',
  *find({ system }) {
    const done = new Set<string>();
    for (const service of system.services) {
      const task = definitionOf(system, service);
      if (!task || !service.serviceConnect || done.has(task.id)) continue;
      done.add(task.id);
      const { id, origin, containers } = task;
      const memory = total(containers.map((one) => one.memory ?? one.memoryReservation));
      const cpu = total(containers.map((one) => one.cpu));
      const open = [task.memory, task.cpu, memory, cpu].find(isUnknown);
      const why =
        partly(system, id, 'ContainerDefinitions') ?? (open && isUnknown(open) ? open.unknown : undefined);
      if (why !== undefined) {
        yield cannotTell(id, origin, why);
        continue;
      }
      const [given, units, used, usedUnits] = [task.memory, task.cpu, memory, cpu].map((value) =>
        known(value),
      );
      // Containers without numbers of their own share the task's with the proxy.
      const noMemory = given === undefined || (used !== undefined && used > 0 && used + PROXY.memory > given);
      const noCpu =
        units !== undefined && usedUnits !== undefined && usedUnits > 0 && usedUnits + PROXY.cpu > units;
      if (!noMemory && !noCpu) continue;
      const wanted: readonly [number, number] = [
        Math.max(units ?? 0, noCpu ? (usedUnits ?? 0) + PROXY.cpu : 0),
        Math.max(given ?? 0, (used ?? 0) + PROXY.memory),
      ];
      const [newUnits, size] = known(onFargate(system, task)) === false ? wanted : nearestPair(...wanted);
      const changes = [
        ...(newUnits === (units ?? 0) ? [] : [['Cpu', newUnits] as const]),
        ...(size === given ? [] : [['Memory', size] as const]),
      ];
      yield found(id, writtenAt(system, id, origin, noMemory ? 'Memory' : 'Cpu'), {
        message:
          given === undefined
            ? `${service.id} has Service Connect, and its task has no Memory of which the proxy could have a share`
            : `${service.id} has Service Connect, and the containers leave ${noMemory ? `${given - (used ?? 0)} of ${given} MiB` : `${(units ?? 0) - (usedUnits ?? 0)} of ${units} CPU units`} for its proxy`,
        fix: {
          says: `write ${changes.map(([key, value]) => `${key}: '${value}'`).join(' and ')}`,
          edits: changes.map(([key, value]) => ({
            kind: 'set',
            path: under(origin, key).path,
            value: String(value),
          })),
        },
      });
    }
  },
};
