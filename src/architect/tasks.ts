import type { Service } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';
import { compareText } from './naming.ts';

/** Containers that run together, with one address. */
export interface Task {
  /** `once`: run to its end after a deployment; else an ECS service. */
  readonly kind: 'service' | 'once';
  readonly owner: Service;
  /** `network_mode: service:OWNER`. */
  readonly sidecars: readonly Service[];
  /** They run to their ends before those that wait for them, in this order. */
  readonly inits: readonly Service[];
}

export interface Tasks {
  readonly tasks: readonly Task[];
  readonly problems: readonly Problem[];
  readonly notices: readonly Problem[];
}

/** In the order in which they start, as far as it is known. */
export const members = ({ inits, sidecars, owner }: Task): readonly Service[] => [
  ...inits,
  ...sidecars,
  owner,
];

/** The services that make up each task: sidecars stand beside what they belong to, and what is waited for runs first in each task. */
export function groupTasks(services: readonly Service[]): Tasks {
  const byName = new Map(services.map((service) => [service.name, service]));
  const waitedFor = new Set(services.flatMap((service) => awaited(service).map(({ service: name }) => name)));
  const once = (service: Service) => service.lifetime === 'once' || waitedFor.has(service.name);
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  const tasks = services.flatMap((owner): Task[] => {
    if (owner.sidecarOf || waitedFor.has(owner.name)) return [];
    const sidecars = services.filter((service) => service.sidecarOf?.value === owner.name);
    const inits = initsOf([owner, ...sidecars], byName);
    return [{ kind: once(owner) ? 'once' : 'service', owner, sidecars, inits }];
  });
  for (const service of services)
    if (service.sidecarOf)
      problems.push(...sidecarProblems(service, byName.get(service.sidecarOf.value), waitedFor));
  for (const name of waitedFor) {
    const hosts = tasks.filter(({ inits }) => inits.some((init) => init.name === name));
    const service = byName.get(name)!;
    if (hosts.length > 0)
      notices.push({
        code: 'runs-in-each-task',
        message: `${name} runs to its end in each new task of ${list(hosts.map(({ owner }) => owner.name))}, before the program starts: it has to bear being run again`,
        position: service.position,
      });
  }
  problems.push(...circles(tasks));
  return { tasks, problems, notices };
}

const awaited = ({ dependsOn }: Service) =>
  dependsOn.filter(({ condition }) => condition === 'service_completed_successfully');

/** What is waited for, whatever that waits for before it. */
function initsOf(waiting: readonly Service[], byName: ReadonlyMap<string, Service>): Service[] {
  const found = new Map<string, Service>();
  const visit = (service: Service): void => {
    for (const { service: name } of awaited(service)) {
      const init = byName.get(name);
      if (!init || found.has(name)) continue;
      visit(init);
      found.set(name, init);
    }
  };
  waiting.forEach(visit);
  return [...found.values()];
}

function sidecarProblems(
  { name, sidecarOf, replicas }: Service,
  owner: Service | undefined,
  waitedFor: ReadonlySet<string>,
): Problem[] {
  const position = sidecarOf!.position;
  const target = sidecarOf!.value;
  if (!owner || owner.sidecarOf || waitedFor.has(target))
    return [
      {
        code: 'sidecar-owner',
        message: `${name} shares the network of ${target}, which is ${owner ? (owner.sidecarOf ? 'itself a sidecar' : 'run to its end by others') : 'no service that is active'}`,
        position,
        fix: `name the service whose task ${name} belongs to: network_mode: service:NAME`,
      },
    ];
  return replicas.value === owner.replicas.value || replicas.value === 1
    ? []
    : [
        {
          code: 'sidecar-replicas',
          message: `${name} runs in each task of ${target}: it cannot have ${replicas.value} of its own`,
          position: replicas.position,
          fix: `set the number at services.${target}.deploy.replicas`,
        },
      ];
}

/** Tasks that this task is to start after. */
export function tasksBefore(task: Task, tasks: readonly Task[]): readonly Task[] {
  const names = new Set(
    members(task).flatMap(({ dependsOn, links }) => [
      ...dependsOn.map(({ service }) => service),
      ...links.map(({ value }) => value.split(':')[0]!),
    ]),
  );
  return tasks.filter(
    (other) =>
      other !== task &&
      other.kind === 'service' &&
      [other.owner, ...other.sidecars].some(({ name }) => names.has(name)),
  );
}

/** Services that depend on each other in no circle may do so once they share tasks. */
function circles(tasks: readonly Task[]): Problem[] {
  const state = new Map<Task, 'open' | 'done'>();
  const problems: Problem[] = [];
  const visit = (task: Task, path: readonly Task[]): void => {
    if (state.get(task) === 'done') return;
    if (state.get(task) === 'open') {
      const circle = [...path.slice(path.indexOf(task)), task].map(({ owner }) => owner.name);
      problems.push({
        code: 'dependency-circle',
        message: `the tasks of ${circle.join(' → ')} wait for each other`,
        position: task.owner.position,
        fix: 'take one depends_on away, or let the sidecar be a service of its own',
      });
      return;
    }
    state.set(task, 'open');
    for (const before of tasksBefore(task, tasks)) visit(before, [...path, task]);
    state.set(task, 'done');
  };
  for (const task of tasks) visit(task, []);
  return problems;
}

export const list = (names: readonly string[]): string => [...new Set(names)].sort(compareText).join(', ');
