import type * as sdk from '@aws-sdk/client-ecs';
import { manualClock } from '../../../common/clock.ts';
import { OperationError } from '../../../common/problem.ts';
import type { Topology } from '../../../topology/model.ts';
import { ApiError } from '../../gateway/api-error.ts';
import type { CallContext, Handlers } from '../../gateway/types.ts';
import type { InsideProcess } from '../../network/netd-client.ts';
import type { Measurement, Pace, Region } from '../../region.ts';
import type { Container, ContainerSpec, ContainerUsage, Image } from '../../runtime/runtime.ts';
import { openStore, type Store } from '../../store/store.ts';
import { createServiceDiscovery } from '../servicediscovery/index.ts';
import { deferred } from './agent/deferred.ts';
import { createEcs } from './index.ts';
import type { EcsOptions } from './state.ts';

const call: CallContext = { region: 'us-east-1', accessKeyId: 'test', requestId: 'r', host: 'localhost' };
const account = '123456789012';
const zoneOf: Readonly<Record<string, string>> = { 'subnet-a': 'us-east-1a', 'subnet-b': 'us-east-1b' };

/** A container that runs until the test ends it. */
export interface FakeContainer {
  readonly spec: ContainerSpec;
  readonly signals: string[];
  readonly removed: () => boolean;
  exit(code: number, signal?: string): void;
  /** Killed because of what it holds. */
  exhaust(): void;
}

/** What programs do in a test: by image reference. */
export interface Programs {
  /** References that no registry has. */
  readonly missing: Set<string>;
  /** Exit code of a health check; absent: 0. */
  readonly health: Map<string, number>;
  /** References whose health check does not end. */
  readonly hanging: Set<string>;
  /** References whose program ends at once, with this code. */
  readonly crashing: Map<string, number>;
  /** References that do not heed SIGTERM. */
  readonly stubborn: Set<string>;
  /** What containers of a reference use; absent: nothing can be told. */
  readonly usage: Map<string, ContainerUsage>;
}

/** A region of ECS and Cloud Map around typed fakes, under a clock that the test moves. */
export function testRegion(
  options: EcsOptions = { taskSettles: 500 },
  store: Store = openStore(),
  pace: Pace = 'eager',
) {
  const clock = manualClock();
  const containers: FakeContainer[] = [];
  const programs: Programs = {
    missing: new Set(),
    health: new Map(),
    hanging: new Set(),
    crashing: new Map(),
    stubborn: new Set(),
    usage: new Map(),
  };
  const measured: Measurement[] = [];
  /** Whether somebody looks at metrics. */
  const watchers = { present: true };
  const parameters = new Map([['/shop/key', 'of the store']]);
  const logged: string[] = [];
  const lines = new Map<string, string[]>();
  const removedVolumes: string[] = [];
  const interfaces = new Map<
    string,
    { readonly subnetId: string; readonly address: string; readonly description: string }
  >();
  let nextAddress = 10;
  /** Target `address:port` → state, as the load balancer would find it. */
  const targets = new Map<string, string>();
  const balancer = { initial: 'healthy', drains: false };
  const trace: string[] = [];

  const topology = (): Topology => ({
    vpcs: [
      {
        id: 'vpc-1',
        cidrs: ['10.0.0.0/16'],
        dnsSupport: true,
        dnsHostnames: true,
        dhcp: { domainNames: ['local'], nameServers: ['AmazonProvidedDNS'] },
      },
    ],
    subnets: Object.entries(zoneOf).map(([id, zone]) => ({
      id,
      zone,
      vpcId: 'vpc-1',
      cidr: '10.0.0.0/24',
      routeTableId: 'rtb-1',
      networkAclId: 'acl-1',
    })),
    securityGroups: [{ id: 'sg-1', name: 'default', vpcId: 'vpc-1', ingress: [], egress: [] }],
    interfaces: [...interfaces].map(([id, { subnetId, address, description }]) => ({
      id,
      vpcId: 'vpc-1',
      subnetId,
      zone: zoneOf[subnetId] ?? '',
      privateAddress: address,
      groupIds: ['sg-1'],
      description,
      sourceDestCheck: true,
    })),
    routeTables: [],
    networkAcls: [],
    internetGateways: [],
    natGateways: [],
    endpoints: [],
    prefixLists: [],
  });

  function startContainer(spec: ContainerSpec): Container {
    const exited = deferred<Awaited<Container['exited']>>();
    const signals: string[] = [];
    let removed = false;
    const reference = spec.image.digest;
    const exit = (code: number, signal?: string) => exited.resolve(signal ? { code, signal } : { code });
    const exhaust = () => exited.resolve({ code: 137, signal: 'SIGKILL', outOfMemory: true });
    containers.push({ spec, signals, removed: () => removed, exit, exhaust });
    trace.push(`start ${reference}`);
    const crash = programs.crashing.get(reference);
    if (crash !== undefined) clock.schedule(100, () => exit(crash));
    return {
      id: spec.id,
      exited: exited.promise,
      signal: async (signal) => {
        signals.push(signal);
        trace.push(`${signal} ${reference}`);
        if (signal === 'SIGKILL') exit(137);
        else if (!programs.stubborn.has(reference)) exit(143);
        return true;
      },
      exec: () =>
        programs.hanging.has(reference)
          ? { ...endedProcess(0), exited: new Promise(() => {}), onStdout: () => {} }
          : endedProcess(programs.health.get(reference) ?? 0),
      usage: async () => programs.usage.get(reference),
      remove: async () => void (removed = true),
    };
  }

  const region = {
    identity: {
      accountId: account,
      region: 'us-east-1',
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
      stateDirectory: '/var/lib/fairway-test',
    },
    clock,
    pace,
    store,
    log: (message: string) => void logged.push(message),
    internal: {
      cloudwatch: {
        record: (measurements: readonly Measurement[]) => void measured.push(...measurements),
        watched: () => watchers.present,
      },
      ec2: {
        topology,
        createRequesterInterface({ subnetId, description }: { subnetId: string; description: string }) {
          const address = `10.0.0.${nextAddress++}`;
          const id = `eni-${address}`;
          interfaces.set(id, { subnetId, address, description });
          return { id, privateAddress: address, macAddress: '02:00:00:00:00:01' };
        },
        deleteRequesterInterface: (id: string) => void interfaces.delete(id),
      },
      logs: {
        append(group: string, stream: string, events: readonly { readonly message: string }[]) {
          if (group === 'none')
            throw new ApiError('ResourceNotFoundException', 'The specified log group does not exist.');
          lines.set(stream, [...(lines.get(stream) ?? []), ...events.map(({ message }) => message)]);
        },
      },
      elbv2: {
        targetState(_group: string, address: string, port: number) {
          const state = targets.get(`${address}:${port}`);
          return state === undefined ? undefined : { state };
        },
      },
    },
    plane: {
      network: { settled: async () => {}, denials: async () => [] },
      runtime: {
        async resolve(reference: string): Promise<Image> {
          if (programs.missing.has(reference))
            throw new OperationError({
              code: 'image-not-found',
              message: `CannotPullContainerError: ${reference}`,
            });
          const config = { environment: { PATH: '/bin' }, command: ['serve'], exposedPorts: [], volumes: [] };
          return { digest: reference, layers: [], config };
        },
        start: async (spec: ContainerSpec) => startContainer(spec),
        removeVolume: async (name: string) => void removedVolumes.push(name),
      },
    },
    api: {
      iam: {
        async GetRole({ RoleName = '' }: { RoleName?: string }) {
          if (RoleName === 'missing')
            throw new ApiError('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, 404);
          const Service = RoleName === 'of-lambda' ? 'lambda.amazonaws.com' : 'ecs-tasks.amazonaws.com';
          const document = { Statement: [{ Effect: 'Allow', Principal: { Service } }] };
          return {
            Role: {
              RoleName,
              Arn: `arn:aws:iam::${account}:role/${RoleName}`,
              AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(document)),
            },
          };
        },
      },
      elbv2: {
        DescribeTargetGroups: async () => ({
          TargetGroups: [{ TargetType: 'ip', LoadBalancerArns: ['lb'] }],
        }),
        async RegisterTargets({ Targets = [] }: { Targets?: { Id?: string; Port?: number }[] }) {
          for (const { Id, Port } of Targets) targets.set(`${Id}:${Port}`, balancer.initial);
          return {};
        },
        async DeregisterTargets({ Targets = [] }: { Targets?: { Id?: string; Port?: number }[] }) {
          for (const { Id, Port } of Targets) {
            trace.push('deregister');
            if (balancer.drains) targets.set(`${Id}:${Port}`, 'draining');
            else targets.delete(`${Id}:${Port}`);
          }
          return {};
        },
      },
      ssm: {
        GetParameters: async ({ Names = [] }: { Names?: string[] }) => ({
          Parameters: Names.flatMap((name) => {
            const Value = parameters.get(name);
            return Value === undefined ? [] : [{ Name: name, Value }];
          }),
          InvalidParameters: Names.filter((name) => !parameters.has(name)),
        }),
      },
      secretsmanager: {
        async GetSecretValue({ SecretId }: { SecretId?: string }) {
          if (!SecretId?.includes('secret:db'))
            throw new ApiError(
              'ResourceNotFoundException',
              "Secrets Manager can't find the specified secret.",
            );
          return { SecretString: '{"password":"hunter2","port":5432}' };
        },
      },
    },
  } as unknown as Region;
  const discovery = createServiceDiscovery(region);
  Object.assign(region.api, { servicediscovery: callable(discovery.handlers) });
  const service = createEcs(region, options);
  return {
    region,
    store,
    clock,
    api: callable(service.handlers) as Region['api']['ecs'],
    discovery: region.api.servicediscovery,
    zones: discovery.internal.zones,
    ecs: service,
    containers,
    programs,
    targets,
    balancer,
    interfaces,
    lines,
    logged,
    trace,
    removedVolumes,
    measured,
    watchers,
  };
}
export type TestRegion = ReturnType<typeof testRegion>;

/** Handlers as other services call them: in process, always asynchronous. */
function callable<M>(handlers: Handlers<M>): object {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      async (input: object) => (handle as (input: object, context: CallContext) => unknown)(input, call),
    ]),
  );
}

export function endedProcess(code: number): InsideProcess {
  return {
    started: Promise.resolve(1),
    exited: Promise.resolve({ code, signal: null }),
    onStdout: (listener) => listener(Buffer.from(`checking\nended with ${code}\n`)),
    onStderr: () => {},
    onMessage: () => {},
    send: () => {},
    write: () => {},
    end: () => {},
    signal: async () => true,
  };
}

export const network: sdk.NetworkConfiguration = {
  awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-1'] },
};
export const role = `arn:aws:iam::${account}:role/execution`;

/** A Fargate task definition of one container. */
export const taskDefinition = (
  container: Partial<sdk.ContainerDefinition> = {},
  more: Partial<sdk.RegisterTaskDefinitionRequest> = {},
): sdk.RegisterTaskDefinitionRequest => ({
  family: 'api',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: role,
  containerDefinitions: [{ name: 'api', image: 'api:1', ...container }],
  ...more,
});

/** A running cluster with one service `api`. */
export async function withService(
  input: Partial<sdk.CreateServiceRequest> = {},
  container: Partial<sdk.ContainerDefinition> = {},
  test: TestRegion = testRegion(),
) {
  const { api, clock, ecs } = test;
  await ecs.start?.();
  await api.CreateCluster({ clusterName: 'jobs' });
  await api.RegisterTaskDefinition(taskDefinition(container));
  await api.CreateService({
    cluster: 'jobs',
    serviceName: 'api',
    taskDefinition: 'api',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: network,
    ...input,
  });
  await clock.advance(0);
  return { ...test, ...watching(test) };
}

/** How a test looks at the service `api`. */
export function watching({ api, clock }: Pick<TestRegion, 'api' | 'clock'>) {
  const service = async (): Promise<sdk.Service> => {
    const { services } = await api.DescribeServices({ cluster: 'jobs', services: ['api'] });
    return services![0]!;
  };
  const tasks = async (desiredStatus: sdk.DesiredStatus = 'RUNNING'): Promise<sdk.Task[]> => {
    const { taskArns = [] } = await api.ListTasks({ cluster: 'jobs', desiredStatus });
    const { tasks } = await api.DescribeTasks({ cluster: 'jobs', tasks: taskArns });
    return tasks ?? [];
  };
  return {
    service,
    tasks,
    /** Lets promises and writes settle without moving time. */
    async settle() {
      for (let round = 0; round < 20; round++) await clock.advance(0);
    },
    async advance(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= 50) await clock.advance(Math.min(50, left));
    },
    counts: async () => {
      const { desiredCount, runningCount, pendingCount } = await service();
      return { desiredCount, runningCount, pendingCount };
    },
    /** Events, oldest first, with task ids and deployment ids left out. */
    events: async () =>
      ((await service()).events ?? [])
        .map(({ message = '' }) =>
          message
            .replace(/^\(service api\) /, '')
            .replaceAll(/[0-9a-f]{32}/g, 'T')
            .replaceAll(/ecs-svc\/\d+/g, 'D'),
        )
        .reverse(),
    update: (input: Partial<sdk.UpdateServiceRequest>) =>
      api.UpdateService({ cluster: 'jobs', service: 'api', ...input }),
  };
}
