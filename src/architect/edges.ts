import type { App, Service } from '../compose/app.ts';
import type { Position, Problem } from '../common/problem.ts';
import type { Edge } from './design-model.ts';
import { mentions } from './mentions.ts';
import { compareText } from './naming.ts';

export interface EdgesResult {
  readonly edges: readonly Edge[];
  readonly problems: readonly Problem[];
}

/**
 * Who calls whom: from x-aws calls, from environment values that name a service, from links and from depends_on. A port comes from
 * the value, else from what the called service is known to listen on; where neither tells, that is a problem.
 */
export function findEdges(app: App, ports: ReadonlyMap<string, readonly number[]>): EdgesResult {
  const edges = new Map<string, Edge>();
  const problems: Problem[] = [];
  const services = new Map(app.services.map((service) => [service.name, service]));
  // Names are resolved without regard to case: https://datatracker.ietf.org/doc/html/rfc4343
  const byHost = new Map(app.services.map(({ name }) => [name.toLowerCase(), name]));
  const aliases = new Map(
    app.services.flatMap(({ name, aliases: others }) =>
      others.map((alias) => [alias.toLowerCase(), name] as const),
    ),
  );
  const zone = app.settings.namespace.value;
  const serviceOf = (host: string) => {
    const plain = host.toLowerCase();
    return byHost.get(plain.endsWith(`.${zone}`) ? plain.slice(0, -zone.length - 1) : plain);
  };

  function add(
    from: Service,
    to: string,
    port: number | undefined,
    because: string,
    position: Position,
  ): void {
    if (to === from.name) return;
    const target = services.get(to)!;
    if (!sharesNetwork(from, target)) {
      problems.push({
        code: 'no-shared-network',
        message: `${because} of ${from.name} leads to ${to}, and the two share no network`,
        position,
        fix: `put ${from.name} and ${to} into one network, or take the value away`,
      });
      return;
    }
    const known = port === undefined ? (ports.get(to) ?? []) : [port];
    if (known.length === 0) problems.push(unknownPort(from, target, because, position));
    for (const one of known) {
      const key = `${from.name} ${to} ${one}`;
      if (!edges.has(key)) edges.set(key, { from: from.name, to, port: one, because, position });
    }
  }
  const calls = (from: string, to: string) =>
    [...edges.values()].some((edge) => edge.from === from && edge.to === to);

  for (const service of app.services) {
    for (const call of service.settings.calls)
      if (services.has(call.service)) add(service, call.service, call.port, 'x-aws calls', call.position);
    for (const { name, value, position } of service.environment)
      for (const { service: to, port } of mentions(name, value, serviceOf))
        add(service, to, port ?? companionPort(service, name), `the variable ${name}`, position);
    for (const { name, value, position } of service.environment)
      for (const { service: to } of mentions(name, value, (host) => aliases.get(host.toLowerCase())))
        if (to !== service.name && !calls(service.name, to)) problems.push(otherName(name, to, position));
    for (const { value, position } of service.links) {
      const to = value.split(':')[0]!;
      if (services.has(to) && !calls(service.name, to)) add(service, to, undefined, 'the link', position);
    }
    for (const { service: to, position } of service.dependsOn) {
      const target = services.get(to);
      // An order alone, where nothing can be called.
      if (!target || target.settings.worker || calls(service.name, to) || !sharesNetwork(service, target))
        continue;
      add(service, to, undefined, 'depends_on', position);
    }
  }
  return { edges: [...edges.values()].sort(byName), problems };
}

/** `REDIS_PORT` beside `REDIS_HOST`. */
function companionPort({ environment }: Service, variable: string): number | undefined {
  const stem = variable.replace(/(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i, '');
  if (stem === variable) return undefined;
  const value = environment.find(({ name }) => name.toUpperCase() === `${stem}PORT`.toUpperCase())?.value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function sharesNetwork(a: Service, b: Service): boolean {
  if (a.networks.length === 0 && b.networks.length === 0) return true;
  return a.networks.some((network) => b.networks.includes(network));
}

function unknownPort(from: Service, to: Service, because: string, position: Position): Problem {
  return {
    code: 'port-unknown',
    message: `${because} lets ${from.name} call ${to.name}, and no port of ${to.name} is known`,
    position,
    fix: `write the port under services.${to.name}: expose: ["5000"]; or, where nothing connects to it, x-aws: {worker: true}`,
  };
}

/** container_name and network aliases are names that Docker resolves; a service has one registry on AWS. */
function otherName(variable: string, to: string, position: Position): Problem {
  return {
    code: 'name-unresolved',
    message: `the variable ${variable} calls ${to} by another name, which does not resolve on AWS`,
    position,
    fix: `write ${to} in its place`,
  };
}

const byName = (a: Edge, b: Edge): number =>
  compareText(a.from, b.from) || compareText(a.to, b.to) || a.port - b.port;
