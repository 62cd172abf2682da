import type { Service } from '../../compose/app.ts';
import { defined, ref } from '../intrinsics.ts';
import { logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import { ascending, type ListeningPort, listeningPorts } from '../ports.ts';
import type { ContainerStorage } from '../state/storage.ts';
import { members, type Task } from '../tasks.ts';
import { healthCheck } from './health-check.ts';
import { kernelProperties } from './kernel.ts';

/** Fargate gives a task at most that long, and at least two seconds: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (stopTimeout) */
const LONGEST_STOP_SECONDS = 120;
/** What a compose file means that says nothing: https://docs.docker.com/reference/compose-file/services/#stop_grace_period */
const COMPOSE_STOP_SECONDS = 10;
const SHORTEST_STOP_SECONDS = 2;

type Role = 'owner' | 'sidecar' | 'init';

/** The containers of a task, the owner's first. */
export function containers(plan: Plan, task: Task): Record<string, unknown>[] {
  const { owner, sidecars, inits } = task;
  const all: readonly (readonly [Service, Role])[] = [
    [owner, 'owner'],
    ...sidecars.map((service) => [service, 'sidecar'] as const),
    ...inits.map((service) => [service, 'init'] as const),
  ];
  return all.flatMap(([service, role]) => {
    const storage = plan.storage.get(owner.name)?.containers.get(service.name) ?? { mounts: [] };
    return [
      container(plan, task, service, role, storage),
      ...(storage.delivery ? [writer(service, storage)] : []),
    ];
  });
}

/** The container that writes the files of another one. */
export const writerName = (service: string): string => `${service}-files`;

function container(
  plan: Plan,
  task: Task,
  service: Service,
  role: Role,
  { mounts, delivery }: ContainerStorage,
): Record<string, unknown> {
  const { name, environment, labels, settings } = service;
  const ports = portsOf(plan, task, service);
  const waits = dependencies(task, service, delivery !== undefined);
  return defined({
    Name: name,
    Image: imageOf(service),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html: nothing waits for the end of an essential one
    Essential: role === 'owner' || (role === 'sidecar' && service.lifetime === 'service'),
    EntryPoint: service.entrypoint?.value,
    Command: service.command?.value,
    Environment:
      environment.length > 0
        ? environment.map((variable) => ({ Name: variable.name, Value: variable.value }))
        : undefined,
    DependsOn: waits.length > 0 ? waits : undefined,
    PortMappings:
      ports.length > 0
        ? ports.map(({ port, protocol }) => ({ ContainerPort: port, Protocol: protocol }))
        : undefined,
    HealthCheck: role !== 'init' && service.healthCheck ? healthCheck(service.healthCheck) : undefined,
    LogConfiguration: logConfiguration(name),
    MountPoints:
      mounts.length > 0
        ? mounts.map(({ volume, path, readonly }) => ({
            SourceVolume: volume,
            ContainerPath: path,
            ...(readonly ? { ReadOnly: true } : {}),
          }))
        : undefined,
    StopTimeout: Math.max(
      SHORTEST_STOP_SECONDS,
      Math.min(LONGEST_STOP_SECONDS, Math.ceil(service.stopGraceSeconds?.value ?? COMPOSE_STOP_SECONDS)),
    ),
    User: service.user?.value,
    WorkingDirectory: service.workingDirectory?.value,
    ReadonlyRootFilesystem: service.readonlyRoot ? true : undefined,
    DockerLabels: Object.keys(labels).length > 0 ? labels : undefined,
    RepositoryCredentials:
      settings.pullCredentials && plan.target === 'aws'
        ? { CredentialsParameter: settings.pullCredentials.value }
        : undefined,
    ...kernelProperties(service),
  });
}

/** Of the same image, so that what the image has beside the files is there too; as root, whoever the program runs as. */
function writer(service: Service, { delivery }: ContainerStorage): Record<string, unknown> {
  const { command, environment, secrets, writerMounts } = delivery!;
  return defined({
    Name: writerName(service.name),
    Image: imageOf(service),
    Essential: false,
    EntryPoint: command.slice(0, 3),
    Command: command.slice(3),
    User: '0',
    Environment: environment.length > 0 ? environment : undefined,
    Secrets: secrets.length > 0 ? secrets : undefined,
    LogConfiguration: logConfiguration(service.name),
    MountPoints: writerMounts.map(({ volume, path }) => ({ SourceVolume: volume, ContainerPath: path })),
  });
}

const imageOf = ({ name, build, image }: Service): unknown =>
  build ? ref(logicalId.image(name)) : image!.value;

const logConfiguration = (service: string) => ({
  LogDriver: 'awslogs',
  Options: {
    'awslogs-group': ref(logicalId.logGroup(service)),
    'awslogs-region': ref('AWS::Region'),
    'awslogs-stream-prefix': service,
  },
});

/**
 * Its own ports; the owner's are also those that only callers tell of. A port is mapped once.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
 */
function portsOf({ ports, edges }: Plan, task: Task, service: Service): readonly ListeningPort[] {
  const others = new Set(
    members(task)
      .filter((member) => member !== service)
      .flatMap((member) => listeningPorts(member).map(({ port }) => port)),
  );
  const known =
    service === task.owner
      ? ascending([
          ...(ports.get(service.name) ?? []),
          ...edges
            .filter(({ to }) => to === service.name)
            .map(({ port, protocol = 'tcp' as const }) => ({ port, protocol })),
        ]).filter(({ port }) => !others.has(port) || listeningPorts(service).some((one) => one.port === port))
      : task.inits.includes(service)
        ? []
        : listeningPorts(service);
  return known.filter(({ port }, index) => known.findIndex((one) => one.port === port) === index);
}

/** In the order of the compose file, within one task; order between tasks is the stack's. */
function dependencies(task: Task, service: Service, hasFiles: boolean): unknown[] {
  const within = new Map(members(task).map((member) => [member.name, member]));
  const waits = service.dependsOn.flatMap(({ service: name, condition }) => {
    const other = within.get(name);
    if (!other) return [];
    const Condition = task.inits.includes(other)
      ? 'SUCCESS'
      : condition === 'service_healthy' && other.healthCheck
        ? 'HEALTHY'
        : 'START';
    return [{ ContainerName: name, Condition }];
  });
  return [...waits, ...(hasFiles ? [{ ContainerName: writerName(service.name), Condition: 'SUCCESS' }] : [])];
}
