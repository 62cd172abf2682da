import { nearest } from '../common/nearest.ts';
import { type Findings, wrong } from './read.ts';
import type { ReadService } from './service/service.ts';

/** Services of the active profiles; a service without profiles is always there. */
export function activeServices(services: readonly ReadService[], profiles: readonly string[]): ReadService[] {
  return services.filter(
    (service) =>
      service.profiles.length === 0 ||
      profiles.includes('*') ||
      service.profiles.some((profile) => profiles.includes(profile)),
  );
}

/** What services say of each other: every name is there, no circle, no port twice. */
export function checkRelations(
  found: Findings,
  active: readonly ReadService[],
  all: readonly ReadService[],
): void {
  const here = new Map(active.map((service) => [service.name, service]));
  for (const service of active) {
    for (const { service: name, required, position, condition } of service.dependsOn) {
      const target = here.get(name);
      if (!target && required) missing(found, name, 'depends_on', position, active, all);
      if (name === service.name)
        wrong(found, position, `${name} depends on itself`, 'remove it', 'compose-dependency-cycle');
      if (target && condition === 'service_healthy' && !target.healthCheck)
        wrong(
          found,
          position,
          `${service.name} waits for ${name} to be healthy, and ${name} has no healthcheck`,
          `write a healthcheck for ${name}, or condition: service_started`,
          'compose-no-healthcheck',
        );
    }
    for (const { value, position } of service.links) {
      const [name = '', alias = name] = value.split(':');
      if (!here.has(name)) missing(found, name, 'links', position, active, all);
      if (alias !== name)
        wrong(
          found,
          position,
          `the link ${value} gives ${name} another name`,
          `write ${name}, and use that name in the program's settings`,
          'compose-link-alias',
        );
    }
    for (const { service: name, position } of service.settings.calls)
      if (!here.has(name)) missing(found, name, 'x-aws.calls', position, active, all);
  }
  findCycle(found, active);
  checkPorts(found, active);
}

function missing(
  found: Findings,
  name: string,
  key: string,
  position: ReadService['position'],
  active: readonly ReadService[],
  all: readonly ReadService[],
): void {
  const hidden = all.find((service) => service.name === name);
  const names = active.map((service) => service.name);
  const near = nearest(name, names);
  wrong(
    found,
    position,
    hidden
      ? `${key} names ${name}, which is in an inactive profile (${hidden.profiles.join(', ')})`
      : `${key} names ${name}, and there is no such service`,
    hidden
      ? `give --profile ${hidden.profiles[0]}, or write \`required: false\``
      : near
        ? `write ${near}`
        : `the services are ${names.join(', ')}`,
    'compose-undefined-service',
  );
}

/** Reports one circle of depends_on, whole. */
function findCycle(found: Findings, services: readonly ReadService[]): void {
  const byName = new Map(services.map((service) => [service.name, service]));
  const done = new Set<string>();
  for (const service of services) {
    const circle = visit(service, []);
    if (!circle) continue;
    const [first, second] = circle;
    const edge = byName.get(first ?? '')?.dependsOn.find((dependency) => dependency.service === second);
    wrong(
      found,
      edge?.position ?? service.position,
      `depends_on goes in a circle: ${circle.join(' → ')}`,
      'remove one of these; who calls whom may go in a circle (x-aws.calls), the order may not',
      'compose-dependency-cycle',
    );
    return;
  }

  function visit(service: ReadService, path: readonly string[]): string[] | undefined {
    const at = path.indexOf(service.name);
    if (at >= 0) return [...path.slice(at), service.name];
    if (done.has(service.name)) return undefined;
    for (const { service: name } of service.dependsOn) {
      const target = byName.get(name);
      const circle = target && target !== service ? visit(target, [...path, service.name]) : undefined;
      if (circle) return circle;
    }
    done.add(service.name);
    return undefined;
  }
}

function checkPorts(found: Findings, services: readonly ReadService[]): void {
  const taken = new Map<number, { service: string; line: number }>();
  for (const service of services)
    for (const { published, target, position } of service.ports) {
      const port = published ?? target;
      const first = taken.get(port);
      if (first)
        wrong(
          found,
          position,
          `${service.name} publishes port ${port}, which ${first.service} publishes in line ${first.line}`,
          `write another published port, for example '${port + 1}:${target}'`,
          'compose-port-taken',
        );
      else taken.set(port, { service: service.name, line: position.line });
    }
}
