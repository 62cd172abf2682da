import type { ContainerDefinition, EcsService, TargetGroup } from '../../../topology/system.ts';
import { known } from '../../../topology/system.ts';
import type { Check, Context, Report } from '../../model.ts';
import { registrations, type Registration } from '../../paths/balancing.ts';
import { judged } from '../../paths/causes.ts';
import { pathReports } from '../../paths/report.ts';
import { cannotTell, found, under } from '../../report.ts';

export const healthCheckUnreachable: Check = {
  id: 'health-check-unreachable',
  title: 'Health checks reach a port that something listens on',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html',
  why: 'Targets never become healthy (“Target.Timeout” or “Target.FailedHealthChecks”), and ECS replaces the tasks for ever.',
  *find(context) {
    yield* pathReports(context, 'health-check-unreachable');
    const bound = registrations(context.system.services);
    for (const group of context.system.targetGroups)
      for (const registration of bound.get(group.id) ?? []) yield* unheard(context, group, registration);
  },
};

/** A port of its own that no container of the task maps: a program may listen there all the same, where packets come to it. */
function* unheard(context: Context, group: TargetGroup, { service, target }: Registration): Iterable<Report> {
  const { system } = context;
  const port = known(group.health.port);
  const definition = system.taskDefinitions.find(({ id }) => id === known(service.taskDefinitionId));
  if (typeof port !== 'number' || port === known(target.containerPort) || !definition) return;
  if (known(definition.networkMode) !== 'awsvpc' || definition.containers.some((one) => mayListen(one, port)))
    return;
  const origin = under(group.origin, 'HealthCheckPort');
  if (!isBlocked(context, service, port)) {
    yield cannotTell(
      group.id,
      origin,
      `whether something in ${definition.id} listens on port ${port} is not known: no container maps it`,
    );
    return;
  }
  yield found(group.id, origin, {
    message: `the health check of ${group.name} asks for port ${port}, which no container of ${definition.id} has`,
    fix: {
      says: 'check the port that the traffic goes to: HealthCheckPort: traffic-port',
      edits: [
        { kind: 'set', path: [...group.origin.path, 'Properties', 'HealthCheckPort'], value: 'traffic-port' },
      ],
    },
  });
}

const isBlocked = (context: Context, { id }: EcsService, port: number): boolean =>
  judged(context).causes.some(({ failing }) =>
    failing.some(
      ({ ask }) =>
        ask.check === 'health-check-unreachable' && ask.between?.to === id && ask.ports.includes(port),
    ),
  );

const mayListen = ({ ports, properties }: ContainerDefinition, port: number): boolean =>
  !Array.isArray(properties['PortMappings'] ?? []) ||
  ports.some(({ containerPort }) => known(containerPort) === undefined || containerPort === port) ||
  JSON.stringify(properties['PortMappings'] ?? []).includes('ContainerPortRange');
