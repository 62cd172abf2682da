import {
  isUnknown,
  known,
  type ContainerDefinition,
  type System,
  type TargetGroup,
} from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { officialName } from '../compute/images.ts';
import { called, containerOf, definitionOf, writtenAt } from '../compute/tasks.ts';

/** What an image serves while nothing of one's own is in it. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  nginx: ['/', '/index.html', '/50x.html'],
  httpd: ['/', '/index.html'],
};
/** Programs that speak no HTTP. */
const NO_HTTP = ['redis', 'valkey', 'memcached', 'postgres', 'mysql', 'mariadb', 'mongo'];

export const healthCheckNeverPasses: Check = {
  id: 'health-check-never-passes',
  title: 'A health check can pass',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
  why: 'A target that never passes gets no requests, and ECS replaces its task for ever: “(service X) (task …) (port …) is unhealthy in (target-group …) due to (reason Health checks failed with these codes: [404])”. Times that cannot be are refused: “Health check interval must be greater than the timeout”.',
  *find({ system }) {
    for (const group of system.targetGroups) {
      yield* times(system, group);
      yield* codes(system, group);
    }
    for (const service of system.services)
      for (const { targetGroupId, containerName, containerPort } of service.targets) {
        const group = system.targetGroups.find(({ id }) => id === known(targetGroupId));
        const task = definitionOf(system, service);
        const container = task && containerOf(task, known(containerName) ?? '');
        const { port } = group?.health ?? { port: 0 };
        // A check of another port asks another program, maybe.
        if (group && container && (port === 'traffic-port' || port === known(containerPort)))
          yield* answers(system, group, container);
      }
    for (const { id, containers } of system.taskDefinitions)
      for (const one of containers) yield* command(id, one);
  },
};

function* times(system: System, { id, origin, health }: TargetGroup): Generator<Report> {
  const { intervalSeconds, timeoutSeconds } = health;
  const open = [intervalSeconds, timeoutSeconds].find(isUnknown);
  const at = writtenAt(system, id, origin, 'HealthCheckIntervalSeconds');
  if (open) return yield cannotTell(id, at, open.unknown);
  const [interval, timeout] = [known(intervalSeconds) ?? 0, known(timeoutSeconds) ?? 0];
  const lambda = system.targetGroups.find((one) => one.id === id)?.targetType === 'lambda';
  const given = system.resources.get(id)?.properties ?? {};
  // Where one of them is not written, AWS has defaults that differ by protocol; with its own there is always room.
  const written = ['HealthCheckIntervalSeconds', 'HealthCheckTimeoutSeconds'].filter(
    (key) => given[key] !== undefined,
  );
  if (timeout < interval || lambda || written.length === 0) return;
  const key =
    given['HealthCheckTimeoutSeconds'] === undefined
      ? 'HealthCheckIntervalSeconds'
      : 'HealthCheckTimeoutSeconds';
  const shorter = Math.max(2, Math.min(5, interval - 1));
  yield found(id, under(origin, key), {
    message: `the health check of ${id} waits ${timeout} seconds for an answer, and the next one comes after ${interval}`,
    fix: {
      says: `write HealthCheckTimeoutSeconds: ${shorter}`,
      edits: [{ kind: 'set', path: under(origin, 'HealthCheckTimeoutSeconds').path, value: shorter }],
    },
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
function* codes(system: System, { id, origin, protocol, health }: TargetGroup): Generator<Report> {
  const matcher = known(health.matcher);
  if (matcher === undefined || (protocol !== 'HTTP' && protocol !== 'HTTPS')) return;
  const parts = matcher.split(',').map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()));
  const valid = parts.every(
    (part) =>
      part &&
      Number(part[1]) >= 200 &&
      Number(part[2] ?? part[1]) <= 499 &&
      Number(part[1]) <= Number(part[2] ?? part[1]),
  );
  if (valid || system.resources.get(id)?.properties['Matcher'] === undefined) return;
  yield found(id, under(origin, ['Matcher', 'HttpCode']), {
    message: `the health check of ${id} wants the code ${matcher}; codes are 200 to 499, as 200, 200,302 or 200-299`,
    fix: {
      says: `write HttpCode: '200'`,
      edits: [{ kind: 'set', path: under(origin, ['Matcher', 'HttpCode']).path, value: '200' }],
    },
  });
}

function* answers(
  system: System,
  { id, origin, health }: TargetGroup,
  container: ContainerDefinition,
): Generator<Report> {
  const protocol = known(health.protocol);
  const name = officialName(container) ?? '';
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return;
  if (NO_HTTP.includes(name))
    return yield found(id, writtenAt(system, id, origin, 'HealthCheckProtocol'), {
      message: `the health check of ${id} speaks ${protocol}, and ${called(container)} (${name}) does not`,
      fix: { says: 'use a network load balancer with a TCP listener and target group for it', edits: [] },
    });
  const [path, matcher] = [known(health.path)?.split('?')[0], known(health.matcher) ?? '200'];
  const served = Object.hasOwn(SERVED, name) ? SERVED[name] : undefined;
  if (
    path === undefined ||
    !served ||
    served.includes(path) ||
    !isAsBuilt(container) ||
    accepts(matcher, 404)
  )
    return;
  yield found(id, writtenAt(system, id, origin, 'HealthCheckPath'), {
    message: `the health check of ${id} asks for ${path}, and ${called(container)} is a plain ${name}, which answers 404 there`,
    fix: {
      says: 'write HealthCheckPath: /',
      edits: [{ kind: 'set', path: under(origin, 'HealthCheckPath').path, value: '/' }],
    },
  });
}

/** Neither a command nor a file of one's own. */
const isAsBuilt = ({ properties }: ContainerDefinition) =>
  ['Command', 'EntryPoint', 'MountPoints', 'VolumesFrom'].every((key) => {
    const value = properties[key];
    return value === undefined || (Array.isArray(value) && value.length === 0);
  });
const accepts = (matcher: string, code: number) =>
  matcher.split(',').some((part) => {
    const [from, to = from] = part.split('-').map(Number);
    return from !== undefined && to !== undefined && from <= code && code <= to;
  });

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function* command(id: string, container: ContainerDefinition): Generator<Report> {
  const [first, ...rest] = container.healthCheck?.command ?? [];
  if (first === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(first)) return;
  const at = under(container.origin, ['HealthCheck', 'Command']);
  const value = rest.length === 0 ? ['CMD-SHELL', first] : ['CMD', first, ...rest];
  yield found(id, at, {
    message: `the health check of ${called(container)} begins with ${JSON.stringify(first)}, and not with CMD or CMD-SHELL`,
    fix: { says: `write Command: ${JSON.stringify(value)}`, edits: [{ kind: 'set', path: at.path, value }] },
  });
}
