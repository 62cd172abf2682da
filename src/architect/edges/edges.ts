import type { App, Service } from '../../compose/app.ts';
import type { Position, Problem } from '../../common/problem.ts';
import type { Edge } from '../design-model.ts';
import { compareText } from '../naming.ts';
import type { ListeningPort } from '../ports.ts';
import { members, type Task } from '../tasks.ts';
import { commandMentions, mentions } from './mentions.ts';
import { hostNames } from './names.ts';

/** With the service that is called. */
export interface EdgeProblem extends Problem {
  readonly service: string;
}

export interface EdgesResult {
  readonly edges: readonly Edge[];
  readonly problems: readonly EdgeProblem[];
  /** Services that are called at ports nobody knows, by name. */
  readonly unknownPorts: ReadonlySet<string>;
}

/**
 * Which task calls which: from x-aws calls, from environment values and commands that name a service, from links and from depends_on.
 * A port comes from the value, else from what the called task is known to listen on; where neither tells, that is a problem.
 */
export function findEdges(
  app: App,
  tasks: readonly Task[],
  ports: ReadonlyMap<string, readonly ListeningPort[]>,
): EdgesResult {
  const edges = new Map<string, Edge>();
  const problems: EdgeProblem[] = [];
  const unknownPorts = new Set<string>();
  const services = new Map(app.services.map((service) => [service.name, service]));
  const tasksOf = (service: string) =>
    tasks.filter((task) => members(task).some(({ name }) => name === service));
  const serviceOf = hostNames(app);

  function add(
    from: Service,
    to: string,
    port: number | undefined,
    because: string,
    position: Position,
  ): void {
    if (to === from.name) return;
    const target = tasks.find(
      (task) => task.kind === 'service' && [task.owner, ...task.sidecars].some(({ name }) => name === to),
    );
    // What runs to its end cannot be called.
    if (!target) return;
    for (const caller of tasksOf(from.name)) {
      // Within a task everything is localhost.
      if (caller === target) continue;
      if (!sharesNetwork(networked(from, services), target.owner)) {
        problems.push({
          service: target.owner.name,
          code: 'no-shared-network',
          message: `${because} of ${from.name} leads to ${to}, and the two share no network`,
          position,
          fix: `put ${from.name} and ${to} into one network, or take the value away`,
        });
        return;
      }
      const known = portsOf(ports.get(target.owner.name) ?? [], port);
      if (known.length === 0) {
        problems.push(unknownPort(from, target.owner, because, position));
        unknownPorts.add(target.owner.name);
      }
      for (const one of known) {
        const key = `${caller.owner.name} ${target.owner.name} ${one.port}/${one.protocol}`;
        if (!edges.has(key))
          edges.set(key, {
            from: caller.owner.name,
            to: target.owner.name,
            port: one.port,
            ...(one.protocol === 'udp' ? { protocol: 'udp' } : {}),
            because,
            position,
          });
      }
    }
  }
  const ownerOf = (name: string) => services.get(name)?.sidecarOf?.value ?? name;
  const calls = (from: Service, to: string) =>
    tasksOf(from.name).every((caller) =>
      [...edges.values()].some((edge) => edge.from === caller.owner.name && edge.to === ownerOf(to)),
    );

  for (const service of app.services) {
    for (const call of service.settings.calls)
      if (services.has(call.service)) add(service, call.service, call.port, 'x-aws calls', call.position);
    for (const { name, value, position } of service.environment)
      for (const { service: to, port } of mentions(name, value, serviceOf))
        add(service, to, port ?? companionPort(service, name), `the variable ${name}`, position);
    for (const words of [service.entrypoint, service.command])
      for (const { service: to, port } of commandMentions(words?.value ?? [], serviceOf))
        add(service, to, port, 'the command', words!.position);
    for (const { value, position } of service.links) {
      const to = value.split(':')[0]!;
      if (services.has(to) && !calls(service, to)) add(service, to, undefined, 'the link', position);
    }
    for (const { service: to, position } of service.dependsOn) {
      const target = services.get(to);
      // An order alone, where nothing can be called.
      if (!target || target.settings.worker || calls(service, to)) continue;
      if (!sharesNetwork(networked(service, services), networked(target, services))) continue;
      add(service, to, undefined, 'depends_on', position);
    }
  }
  return { edges: [...edges.values()].sort(byName), problems: unique(problems), unknownPorts };
}

/** Where a port is only known by its number, it is TCP. */
function portsOf(known: readonly ListeningPort[], port: number | undefined): readonly ListeningPort[] {
  if (port === undefined) return known;
  const same = known.filter((one) => one.port === port);
  return same.length > 0 ? same : [{ port, protocol: 'tcp' }];
}

/** `REDIS_PORT` beside `REDIS_HOST`. */
function companionPort({ environment }: Service, variable: string): number | undefined {
  const stem = variable.replace(/(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i, '');
  if (stem === variable) return undefined;
  const value = environment.find(({ name }) => name.toUpperCase() === `${stem}PORT`.toUpperCase())?.value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** Whose networks a service is in: a sidecar is in those of its task. */
const networked = (service: Service, services: ReadonlyMap<string, Service>): Service =>
  services.get(service.sidecarOf?.value ?? service.name) ?? service;

export function sharesNetwork(a: Service, b: Service): boolean {
  if (a.networks.length === 0 && b.networks.length === 0) return true;
  return a.networks.some((network) => b.networks.includes(network));
}

function unknownPort(from: Service, to: Service, because: string, position: Position): EdgeProblem {
  return {
    service: to.name,
    code: 'port-unknown',
    message: `${because} lets ${from.name} call ${to.name}, and no port of ${to.name} is known`,
    position,
    fix: `write the port under services.${to.name}: expose: ["5000"]; or, where nothing connects to it, x-aws: {worker: true}`,
  };
}

const unique = (problems: readonly EdgeProblem[]): EdgeProblem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

const byName = (a: Edge, b: Edge): number =>
  compareText(a.from, b.from) ||
  compareText(a.to, b.to) ||
  a.port - b.port ||
  compareText(a.protocol ?? 'tcp', b.protocol ?? 'tcp');
