import { nearest } from '../common/nearest.ts';
import { type Findings, wrong } from './read.ts';
import type { ReadService } from './service/service.ts';

/** A service that is in no active profile. */
export interface Hidden {
  readonly name: string;
  readonly profiles: readonly string[];
}

/** What services say of each other: every name is there, no circle, no port twice. */
export function checkRelations(
  found: Findings,
  active: readonly ReadService[],
  hidden: readonly Hidden[],
): void {
  const here = new Map(active.map((service) => [service.name, service]));
  for (const service of active) {
    for (const { service: name, required, position, condition } of service.dependsOn) {
      const target = here.get(name);
      if (!target && required) missing(found, name, 'depends_on', position, active, hidden);
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
      if (target?.endless && condition === 'service_completed_successfully')
        wrong(
          found,
          position,
          `${service.name} waits for ${name} to end, and ${name} is started again whenever it ends (line ${target.endless.line})`,
          `write \`restart: "no"\` for ${name}, or condition: service_started`,
          'compose-never-ends',
        );
    }
    for (const { value: name, position } of service.links)
      if (!here.has(name)) missing(found, name, 'links', position, active, hidden);
    for (const { service: name, position } of service.settings.calls)
      if (!here.has(name)) missing(found, name, 'x-aws.calls', position, active, hidden);
    const { sidecarOf } = service;
    if (!sidecarOf) continue;
    const host = here.get(sidecarOf.value);
    if (!host) missing(found, sidecarOf.value, 'network_mode', sidecarOf.position, active, hidden);
    else if (host.sidecarOf || host === service)
      wrong(
        found,
        sidecarOf.position,
        `${service.name} joins the task of ${host.name}, ${host === service ? 'itself' : 'which is in another one'}`,
        host === service ? 'remove network_mode' : `write service:${host.sidecarOf?.value}`,
      );
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
  inactive: readonly Hidden[],
): void {
  const hidden = inactive.find((service) => service.name === name);
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

/** Services share a published port where requests tell which is meant (`x-aws: {host, path}`). */
function checkPorts(found: Findings, services: readonly ReadService[]): void {
  const taken = new Map<string, { readonly service: ReadService; readonly line: number }[]>();
  for (const service of services)
    for (const { published, target, protocol, position } of service.ports) {
      const port = published ?? target;
      const key = `${port}/${protocol}`;
      const before = taken.get(key) ?? [];
      const rival = before.find((other) => requests(other.service) === requests(service));
      if (rival) {
        const own = rival.service === service;
        wrong(
          found,
          position,
          `${service.name} publishes port ${port}, which ${own ? 'it' : rival.service.name} publishes in line ${rival.line}${requests(service) ? ` for the same requests (${requests(service)})` : ''}`,
          `write another published port, for example '${port + 1}:${target}'${own || protocol === 'udp' ? '' : `, or share it: \`x-aws: {path: /${service.name}/*}\``}`,
          'compose-port-taken',
        );
      } else taken.set(key, [...before, { service, line: position.line }]);
    }
}

/** The requests that are the service's own where it shares a port. */
const requests = ({ settings }: ReadService) => `${settings.host?.value ?? ''}${settings.path?.value ?? ''}`;
