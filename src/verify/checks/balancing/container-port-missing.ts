import type { Origin } from '../../../topology/model.ts';
import { isUnknown, known, type System, type TaskDefinition, type Value } from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called, containerOf, definitionOf, partly } from '../compute/tasks.ts';

interface Entry {
  readonly containerName: Value<string> | undefined;
  readonly containerPort: Value<number> | undefined;
  readonly origin: Origin;
}

export const containerPortMissing: Check = {
  id: 'container-port-missing',
  title: 'A load balancer or registry entry names a container and port that the task has',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html',
  why: 'ECS refuses to create the service: “The container … does not exist in the task definition”, “The container … did not have a container port … defined”.',
  *find({ system }) {
    for (const service of system.services) {
      const task = definitionOf(system, service);
      for (const entry of [...service.targets, ...service.registries]) {
        if (entry.containerName === undefined) continue;
        if (task) yield* judged(system, service.id, task, entry);
        else if (isUnknown(service.taskDefinitionId))
          yield cannotTell(service.id, entry.origin, service.taskDefinitionId.unknown);
      }
    }
  },
};

function* judged(system: System, id: string, task: TaskDefinition, entry: Entry): Generator<Report> {
  const { containerName, containerPort, origin } = entry;
  if (containerName === undefined) return;
  const open = [containerName, ...task.containers.map(({ name }) => name)].find(isUnknown);
  const partial = partly(system, task.id, 'ContainerDefinitions') ?? (open ? open.unknown : undefined);
  const name = known(containerName) ?? '';
  const container = containerOf(task, name);
  if (!container) {
    if (partial !== undefined) return yield cannotTell(id, under(origin, 'ContainerName'), partial);
    const port = known(containerPort);
    const fitting = task.containers.filter(({ ports }) =>
      ports.some((one) => known(one.containerPort) === port),
    );
    const meant =
      task.containers.length === 1 ? task.containers[0] : fitting.length === 1 ? fitting[0] : undefined;
    return yield found(id, under(origin, 'ContainerName'), {
      message: `${id} names the container ${name}, and ${task.id} has ${task.containers.map(called).join(', ') || 'none'}`,
      fix: {
        says: meant ? `write ContainerName: ${called(meant)}` : 'name a container of the task',
        edits: meant
          ? [{ kind: 'set', path: under(origin, 'ContainerName').path, value: called(meant) }]
          : [],
      },
    });
  }
  if (containerPort === undefined) return;
  const ports = container.ports.map((one) => one.containerPort);
  const hidden = [containerPort, ...ports].find(isUnknown);
  const port = known(containerPort) ?? 0;
  if (ports.includes(port)) return;
  // A range, or a list that is not known whole, may hold it.
  const mappings: unknown = container.properties['PortMappings'];
  const listed = mappings === undefined || (Array.isArray(mappings) && mappings.length === ports.length);
  const ranged = Array.isArray(mappings) && JSON.stringify(mappings).includes('"ContainerPortRange"');
  if (hidden || !listed || ranged)
    return yield cannotTell(
      id,
      under(origin, 'ContainerPort'),
      hidden ? hidden.unknown : `the ports of ${name} are not known`,
    );
  const only = ports.length === 1 ? known(ports[0]) : undefined;
  const mapped = under(container.origin, 'PortMappings').path;
  yield found(id, under(origin, 'ContainerPort'), {
    message: `${id} names port ${port} of ${name}, which ${ports.length === 0 ? 'has no PortMappings' : `has ${ports.map((one) => known(one)).join(', ')}`}`,
    fix:
      only === undefined
        ? {
            says: `map port ${port} in ${name}: PortMappings: [{ContainerPort: ${port}}]`,
            edits: [
              ports.length === 0
                ? { kind: 'set', path: mapped, value: [{ ContainerPort: port }] }
                : { kind: 'append', path: mapped, value: { ContainerPort: port } },
            ],
          }
        : {
            says: `write ContainerPort: ${only}`,
            edits: [{ kind: 'set', path: under(origin, 'ContainerPort').path, value: only }],
          },
  });
}
