import { isUnknown, known, type System, type TaskDefinition } from '../../../topology/system.ts';
import type { Check, Fix, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { nearestPair } from './fargate-pairs.ts';
import { called, onFargate, partly, reserved, total, written } from './tasks.ts';

export const containerExceedsTask: Check = {
  id: 'container-exceeds-task',
  title: 'Containers have memory, and together no more CPU and memory than their task',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html',
  why: 'ECS refuses to register the task definition: a container’s Memory has to fit into its task’s, and “The sum of all container ‘cpu’ values cannot be greater than the value of the task ‘cpu’”.',
  *find({ system }) {
    for (const task of system.taskDefinitions) {
      const { id, origin, containers } = task;
      const open = [
        task.memory,
        task.cpu,
        ...containers.flatMap((one) => [one.memory, reserved(one), one.cpu]),
      ].find(isUnknown);
      const why =
        partly(system, id, 'ContainerDefinitions') ?? (open && isUnknown(open) ? open.unknown : undefined);
      const reports = [...overfull(system, task)];
      yield* reports;
      // What is known may be too much already; else the rest decides.
      if (reports.length === 0 && why !== undefined) yield cannotTell(id, origin, why);
    }
  },
};

function* overfull(system: System, task: TaskDefinition): Generator<Report> {
  const { id, origin, containers } = task;
  const [memory, cpu] = [known(task.memory), known(task.cpu)];
  const fix = enlarged(system, task);
  let single = false;
  for (const container of containers) {
    const [limit, reservation] = [known(container.memory), known(container.memoryReservation)];
    if (
      task.memory === undefined &&
      container.memory === undefined &&
      container.memoryReservation === undefined
    ) {
      if (
        partly(system, id, 'ContainerDefinitions') === undefined &&
        known(onFargate(system, task)) === false
      )
        yield found(id, container.origin, {
          message: `${called(container)} has neither Memory nor MemoryReservation, and its task has no Memory`,
          fix: {
            says: `write in ${called(container)} how many MiB it needs as MemoryReservation`,
            edits: [],
          },
        });
      continue;
    }
    if (limit !== undefined && reservation !== undefined && reservation > limit)
      yield found(id, written(container, 'MemoryReservation'), {
        message: `${called(container)} reserves ${reservation} MiB, more than its limit of ${limit} MiB`,
        fix: {
          says: `write Memory: ${reservation}`,
          edits: [{ kind: 'set', path: under(container.origin, 'Memory').path, value: reservation }],
        },
      });
    const [key, most] =
      limit !== undefined && limit > (reservation ?? 0)
        ? ['Memory', limit]
        : ['MemoryReservation', reservation];
    if (memory === undefined || most === undefined || most <= memory) continue;
    single = true;
    yield found(id, written(container, String(key)), {
      message: `${called(container)} may have ${most} MiB of memory, and its whole task has ${memory}`,
      fix,
    });
  }
  const sum = known(total(containers.map(reserved)));
  if (!single && memory !== undefined && sum !== undefined && sum > memory)
    yield found(id, under(origin, 'Memory'), {
      message: `the containers reserve ${sum} MiB of memory together, and their task has ${memory}`,
      fix,
    });
  const units = known(total(containers.map((container) => container.cpu)));
  if (cpu !== undefined && units !== undefined && units > cpu)
    yield found(id, under(origin, 'Cpu'), {
      message: `the containers reserve ${units} CPU units together, and their task has ${cpu}`,
      fix,
    });
}

/** A task that holds them all. */
function enlarged(system: System, task: TaskDefinition): Fix {
  const { containers, origin } = task;
  const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
  const most = Math.max(
    0,
    ...containers.map((one) => Math.max(known(one.memory) ?? 0, known(one.memoryReservation) ?? 0)),
  );
  const memory = Math.max(
    known(task.memory) ?? 0,
    most,
    sum(containers.map((one) => known(reserved(one)) ?? 0)),
  );
  const cpu = Math.max(known(task.cpu) ?? 0, sum(containers.map((one) => known(one.cpu) ?? 0)));
  const [units, size] = known(onFargate(system, task)) === false ? [cpu, memory] : nearestPair(cpu, memory);
  const edit = (key: string, value: number) =>
    ({ kind: 'set', path: under(origin, key).path, value: String(value) }) as const;
  const edits = [
    ...(known(task.cpu) === undefined || known(task.cpu) === units ? [] : [edit('Cpu', units)]),
    ...(known(task.memory) === undefined || known(task.memory) === size ? [] : [edit('Memory', size)]),
  ];
  return {
    says: `give the task room for its containers: ${edits.map(({ path, value }) => `${String(path.at(-1))}: '${value}'`).join(' and ')}`,
    edits,
  };
}
