import type { Origin } from '../../../topology/model.ts';
import {
  isUnknown,
  known,
  type EcsService,
  type System,
  type TaskDefinition,
  type Value,
} from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called, capacityOf, definitionOf, total } from './tasks.ts';

/** Taken on every instance: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const RESERVED = [22, 2375, 2376, 51_678, 51_679, 51_680];

export const portClash: Check = {
  id: 'port-clash',
  title: 'No two programs want the same port of the same network interface',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html',
  why: 'Containers of an awsvpc or host task share one interface: the second to bind the port gets “address already in use” and stops the task. A host port is given once on an instance: further tasks stay unplaced, “(service X) was unable to place a task … is already using a port required by your task”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) yield* withinTask(task);
    yield* amongServices(system);
  },
};

function* withinTask(task: TaskDefinition): Generator<Report> {
  const { id, networkMode, containers } = task;
  const taken = new Map<string, string>();
  for (const container of containers)
    for (const { containerPort, hostPort, protocol, origin } of container.ports) {
      const shared = networkMode === 'awsvpc' || networkMode === 'host';
      const port = shared ? known(containerPort) : known(hostPort);
      if (port === undefined || port === 0) continue;
      const before = taken.get(`${port}/${protocol}`);
      taken.set(`${port}/${protocol}`, called(container));
      if (before === undefined || before === called(container)) continue;
      const at = under(origin, shared || hostPort === undefined ? 'ContainerPort' : 'HostPort');
      if (isUnknown(networkMode)) yield cannotTell(id, at, networkMode.unknown);
      else
        yield found(id, at, {
          message: `${before} and ${called(container)} are in one ${networkMode} task, and both want port ${port}/${protocol}`,
          fix: shared
            ? { says: 'let one of them listen on another port, or run in a task of its own', edits: [] }
            : dynamic(origin),
        });
    }
  if (networkMode === 'bridge' || networkMode === 'host')
    for (const { ports } of containers)
      for (const { containerPort, hostPort, origin } of ports) {
        const port = known(networkMode === 'host' ? containerPort : hostPort) ?? 0;
        if (!RESERVED.includes(port)) continue;
        const key = networkMode === 'host' ? 'ContainerPort' : 'HostPort';
        yield found(id, under(origin, key), {
          message: `port ${port} is taken on every instance, by SSH, Docker or the agent of ECS`,
          fix: key === 'HostPort' ? dynamic(origin) : { says: 'listen on another port', edits: [] },
        });
      }
}
const dynamic = (origin: Origin) => ({
  says: 'write HostPort: 0: each task gets a free port then, and the load balancer learns which',
  edits: [{ kind: 'set', path: under(origin, 'HostPort').path, value: 0 } as const],
});

/** Ports of the instance that one task of a service takes. */
export function hostPorts(task: TaskDefinition): { port: number; protocol: string; origin: Origin }[] {
  if (task.networkMode !== 'bridge' && task.networkMode !== 'host') return [];
  return task.containers.flatMap(({ ports }) =>
    ports.flatMap(({ containerPort, hostPort, protocol, origin }) => {
      const port = known(task.networkMode === 'host' ? containerPort : hostPort) ?? 0;
      return port === 0 ? [] : [{ port, protocol, origin }];
    }),
  );
}

/** Services of one cluster that need one port on more instances than there may be. */
function* amongServices(system: System): Generator<Report> {
  const done = new Set<string>();
  for (const service of system.services) {
    const task = definitionOf(system, service);
    if (!task || service.launchType !== 'EC2') continue;
    for (const { port, protocol, origin } of hostPorts(task)) {
      const key = `${known(service.clusterId) ?? ''} ${port}/${protocol}`;
      if (done.has(key)) continue;
      done.add(key);
      const users = usersOf(system, service, port, protocol);
      // One daemon has every instance to itself.
      if (users.length === 1 && service.scheduling === 'DAEMON') continue;
      const at = under(origin, task.networkMode === 'host' ? 'ContainerPort' : 'HostPort');
      const room = instances(system, service);
      const wanted = total(users.map((user) => (user.scheduling === 'DAEMON' ? room : user.desiredCount)));
      if (isUnknown(room)) {
        if (users.length > 1 || (known(service.desiredCount) ?? 1) > 1)
          yield cannotTell(task.id, at, room.unknown);
      } else if (isUnknown(wanted)) yield cannotTell(task.id, at, wanted.unknown);
      else if (wanted > room)
        yield found(task.id, at, {
          message: `${wanted} tasks (${users.map(({ id }) => id).join(', ')}) need port ${port} of an instance each, and there ${room === 1 ? 'is one instance' : `are ${room} instances`}`,
          fix:
            task.networkMode === 'bridge'
              ? dynamic(origin)
              : { says: `have ${wanted} instances, or run the tasks in awsvpc mode`, edits: [] },
        });
    }
  }
}

function usersOf(system: System, { clusterId }: EcsService, port: number, protocol: string): EcsService[] {
  return system.services.filter((other) => {
    if (known(other.clusterId) !== known(clusterId) || other.launchType !== 'EC2') return false;
    const task = definitionOf(system, other);
    return task && hostPorts(task).some((one) => one.port === port && one.protocol === protocol);
  });
}

/** How many instances a service's cluster may come to have. */
export function instances(system: System, service: EcsService): Value<number> {
  const capacity = capacityOf(system, service);
  return isUnknown(capacity) ? capacity : total(capacity.map(({ maximum }) => maximum));
}
