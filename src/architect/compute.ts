import { type HealthCheck, type Service, volumeMounts } from '../compose/app.ts';
import type { Problem } from '../common/problem.ts';
import { defined, getAtt, ref, resource, type Resources } from './intrinsics.ts';
import { hasName } from './discovery.ts';
import { layoutOf, routesOut, taskSubnets } from './network.ts';
import { logicalId } from './naming.ts';
import { ascending } from './ports.ts';
import { takesExec } from './permissions.ts';
import type { Plan } from './plan.ts';
import type { TaskSize } from './sizes.ts';

/** Fargate gives a task at most that long: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (stopTimeout) */
const LONGEST_STOP_SECONDS = 120;
/** How long a service behind the load balancer may take to answer its first health check. */
const GRACE_SECONDS = 30;

/** The cluster, and of each service its task definition and itself. */
export function compute(plan: Plan, sizes: ReadonlyMap<string, TaskSize>): Resources {
  const resources: Resources = {
    Cluster: resource('the cluster', 'AWS::ECS::Cluster', {}),
  };
  for (const service of plan.services) {
    resources[logicalId.taskDefinition(service.name)] = taskDefinition(
      plan,
      service,
      sizes.get(service.name)!,
    );
    resources[logicalId.service(service.name)] = ecsService(plan, service);
  }
  return resources;
}

function taskDefinition({ app, ports, edges }: Plan, service: Service, size: TaskSize) {
  const { name } = service;
  const listening = ascending([
    ...(ports.get(name) ?? []),
    ...edges.filter(({ to }) => to === name).map(({ port }) => port),
  ]);
  const volumes = namedMounts(service);
  const container = defined({
    Name: name,
    Image: service.build ? ref(logicalId.image(name)) : service.image!.value,
    Essential: true,
    EntryPoint: service.entrypoint?.value,
    Command: service.command?.value,
    Environment:
      service.environment.length > 0
        ? service.environment.map((variable) => ({ Name: variable.name, Value: variable.value }))
        : undefined,
    PortMappings:
      listening.length > 0 ? listening.map((port) => ({ ContainerPort: port, Protocol: 'tcp' })) : undefined,
    HealthCheck: service.healthCheck && healthCheck(service.healthCheck),
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': ref(logicalId.logGroup(name)),
        'awslogs-region': ref('AWS::Region'),
        'awslogs-stream-prefix': name,
      },
    },
    MountPoints:
      volumes.length > 0
        ? volumes.map(({ id, target, readonly }) => ({
            SourceVolume: id,
            ContainerPath: target,
            ...(readonly ? { ReadOnly: true } : {}),
          }))
        : undefined,
    StopTimeout:
      service.stopGraceSeconds && Math.min(LONGEST_STOP_SECONDS, Math.ceil(service.stopGraceSeconds.value)),
    User: service.user?.value,
    WorkingDirectory: service.workingDirectory?.value,
    ReadonlyRootFilesystem: service.readonlyRoot ? true : undefined,
    DockerLabels: Object.keys(service.labels).length > 0 ? service.labels : undefined,
  });
  const kept = volumes.flatMap(({ id, volume }) => {
    const external = app.volumes.find((candidate) => candidate.name === volume)?.externalName;
    return external === undefined ? [] : [{ Key: `fairway:volume:${id}`, Value: external }];
  });
  return resource(`${name}: its task definition`, 'AWS::ECS::TaskDefinition', {
    RequiresCompatibilities: ['FARGATE'],
    NetworkMode: 'awsvpc',
    Cpu: String(size.cpu),
    Memory: String(size.memory),
    RuntimePlatform: { CpuArchitecture: service.architecture, OperatingSystemFamily: 'LINUX' },
    ExecutionRoleArn: getAtt('ExecutionRole', 'Arn'),
    TaskRoleArn: getAtt(logicalId.taskRole(name), 'Arn'),
    ContainerDefinitions: [container],
    ...(volumes.length > 0
      ? { Volumes: unique(volumes.map(({ id }) => id)).map((id) => ({ Name: id })) }
      : {}),
    ...(kept.length > 0 ? { Tags: kept } : {}),
  });
}

interface NamedMount {
  readonly id: string;
  readonly volume: string | undefined;
  readonly target: string;
  readonly readonly: boolean;
}

/** Volumes by name; one without a name lives as long as its task. */
function namedMounts(service: Service): NamedMount[] {
  return volumeMounts(service).map(({ volume, target, readonly }, index) => ({
    id: volume ?? `anonymous-${index + 1}`,
    volume,
    target,
    readonly,
  }));
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];

const clamp = (value: number | undefined, least: number, most: number) =>
  value === undefined ? undefined : Math.min(most, Math.max(least, Math.ceil(value)));

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function healthCheck(check: HealthCheck) {
  return defined({
    Command: check.command,
    Interval: clamp(check.intervalSeconds, 5, 300),
    Timeout: clamp(check.timeoutSeconds, 2, 60),
    Retries: clamp(check.retries, 1, 10),
    StartPeriod: clamp(check.startPeriodSeconds, 0, 300),
  });
}

/** What ECS would refuse is moved to the next value it takes, and that is said. */
export function clampedHealthCheck({ name, healthCheck: check }: Service): Problem[] {
  if (!check) return [];
  const rules = [
    ['interval', check.intervalSeconds, 5, 300],
    ['timeout', check.timeoutSeconds, 2, 60],
    ['retries', check.retries, 1, 10],
    ['start_period', check.startPeriodSeconds, 0, 300],
  ] as const;
  return rules.flatMap(([key, value, least, most]) => {
    const taken = clamp(value, least, most);
    return value === undefined || taken === value
      ? []
      : [
          {
            code: 'health-check-clamped',
            message: `healthcheck.${key} of ${name} is ${value}; ECS takes whole numbers from ${least} to ${most}: ${taken} it is`,
            position: check.position,
          },
        ];
  });
}

function ecsService(plan: Plan, service: Service) {
  const layout = layoutOf(plan);
  const { name } = service;
  const published = plan.publicServices.filter((candidate) => candidate.service === name);
  const targets = [...new Map(published.map((one) => [one.containerPort, one])).values()];
  const stateful = volumeMounts(service).some(({ volume }) => volume !== undefined);
  return resource(
    `${name}: the service`,
    'AWS::ECS::Service',
    {
      Cluster: ref('Cluster'),
      LaunchType: 'FARGATE',
      TaskDefinition: ref(logicalId.taskDefinition(name)),
      DesiredCount: ref(logicalId.desiredCount(name)),
      ...(takesExec(service) ? { EnableExecuteCommand: true } : {}),
      DeploymentConfiguration: {
        // Two tasks must not write to one volume: the old one ends before the new one begins.
        MinimumHealthyPercent: stateful ? 0 : 100,
        MaximumPercent: stateful ? 100 : 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: layout.privateTasks ? 'DISABLED' : 'ENABLED',
          SecurityGroups: [getAtt(logicalId.securityGroup(name), 'GroupId')],
          Subnets: taskSubnets(layout).map(ref),
        },
      },
      ...(hasName(plan, name)
        ? { ServiceRegistries: [{ RegistryArn: getAtt(logicalId.discovery(name), 'Arn') }] }
        : {}),
      ...(targets.length > 0
        ? {
            HealthCheckGracePeriodSeconds:
              GRACE_SECONDS + Math.ceil(service.healthCheck?.startPeriodSeconds ?? 0),
            LoadBalancers: targets.map(({ containerPort }) => ({
              ContainerName: name,
              ContainerPort: containerPort,
              TargetGroupArn: ref(logicalId.targetGroup(name, containerPort)),
            })),
          }
        : {}),
    },
    {
      DependsOn: [
        // A task takes the search domain that is there when it starts.
        'DhcpOptionsAssociation',
        ...routesOut(layout),
        ...published.map(({ listenerPort }) => logicalId.listener(name, listenerPort)),
        ...rulesOf(plan, name),
        ...service.dependsOn.map((dependency) => logicalId.service(dependency.service)),
      ].sort(),
    },
  );
}

/** A task that starts before its rules are there finds its peers closed. */
function rulesOf({ edges, publicServices }: Plan, name: string): string[] {
  return [
    ...publicServices
      .filter(({ service }) => service === name)
      .flatMap(({ containerPort }) => [
        logicalId.edge('LoadBalancer', name, containerPort, 'Egress'),
        logicalId.edge('LoadBalancer', name, containerPort, 'Ingress'),
      ]),
    ...edges
      .filter(({ from }) => from === name)
      .flatMap(({ to, port }) => [
        logicalId.edge(name, to, port, 'Egress'),
        logicalId.edge(name, to, port, 'Ingress'),
      ]),
  ];
}
