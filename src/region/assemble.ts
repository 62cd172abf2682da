import { systemClock, type Clock } from '../common/clock.ts';
import { createApis } from './gateway/apis.ts';
import type { Apis, DataPlane, Identity, Internal, Pace, Region, ServiceName } from './region.ts';
import type { LocalRepositories } from './runtime/runtime.ts';
import { createApplicationAutoScaling } from './services/applicationautoscaling/index.ts';
import { createCloudFormation } from './services/cloudformation/index.ts';
import { createCloudWatch } from './services/cloudwatch/index.ts';
import { createEc2 } from './services/ec2/index.ts';
import { createEcr, type Ecr } from './services/ecr/index.ts';
import { createEcs } from './services/ecs/index.ts';
import { createEfs } from './services/efs/index.ts';
import { createElbv2 } from './services/elbv2/index.ts';
import { createEventBridge } from './services/eventbridge/index.ts';
import { createIam } from './services/iam/index.ts';
import { createLogs } from './services/logs/index.ts';
import { createS3 } from './services/s3/index.ts';
import { createSecretsManager } from './services/secretsmanager/index.ts';
import { createServiceDiscovery } from './services/servicediscovery/index.ts';
import { createSsm } from './services/ssm/index.ts';
import { createSts } from './services/sts/index.ts';
import type { Store } from './store/store.ts';

export interface AssembleOptions {
  readonly identity: Identity;
  readonly store: Store;
  readonly log: (message: string) => void;
  /** The region's own time; `timeScale` says to the programs of load balancers how fast it goes. */
  readonly clock?: Clock;
  readonly timeScale?: number;
  /** The time of the programs that call: their credentials end by it. Absent: the region's own. */
  readonly clientClock?: Clock;
  readonly pace?: Pace;
  /** Made once the services are there, since the network is compiled from EC2's state. */
  readonly plane: (region: Pick<Region, 'store' | 'clock' | 'log' | 'internal' | 'identity'>) => DataPlane;
  readonly balancerProgram: string;
  readonly nodePath: string;
  /** Address of the API, once it is there. */
  readonly endpoint?: () => string | undefined;
}

/** How long it takes to notice a program that ends at once, in milliseconds of the machine. */
const TASK_SETTLES = 500;

export type Services = { readonly [Name in ServiceName]: { readonly handlers: object } };

export interface Assembly {
  readonly region: Region;
  readonly services: Services;
  /** Answers what is for the registry of container images. */
  readonly registry: Ecr['registry'];
  /** Starts every controller; each observes what is there, after a restart too. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** One region out of its services: they know each other only through `region.api` and `region.internal`. */
export function assembleRegion(options: AssembleOptions): Assembly {
  const { identity, store, log, clock = systemClock, pace = 'eager', timeScale = 1 } = options;
  const { clientClock = clock, balancerProgram, nodePath } = options;
  const late: { api?: Apis; internal?: Internal; plane?: DataPlane } = {};
  const region: Region = {
    identity,
    clock,
    pace,
    store,
    log,
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
    get api() {
      return late.api!;
    },
    get internal() {
      return late.internal!;
    },
    get plane() {
      return late.plane!;
    },
  };
  const forClients: Region = Object.create(region, { clock: { value: clientClock } }) as Region;
  const services = {
    iam: createIam(region),
    sts: createSts(forClients),
    logs: createLogs(region),
    s3: createS3(region),
    secretsmanager: createSecretsManager(region),
    ssm: createSsm(region),
    cloudwatch: createCloudWatch(region),
    ec2: createEc2(region),
    servicediscovery: createServiceDiscovery(region),
    efs: createEfs(region),
    elbv2: createElbv2(region, { balancerProgram, nodePath, timeScale }),
    ecr: createEcr(region, { repositories: () => repositoriesOf(region) }),
    // A program takes as long as ever to end, however fast the region's time goes.
    ecs: createEcs(region, { taskSettles: TASK_SETTLES * timeScale }),
    applicationautoscaling: createApplicationAutoScaling(region),
    eventbridge: createEventBridge(region),
    cloudformation: createCloudFormation(region),
  };
  late.api = createApis(
    {
      iam: services.iam.handlers,
      sts: services.sts.handlers,
      logs: services.logs.handlers,
      s3: services.s3.handlers,
      secretsmanager: services.secretsmanager.handlers,
      ssm: services.ssm.handlers,
      cloudwatch: services.cloudwatch.handlers,
      ec2: services.ec2.handlers,
      servicediscovery: services.servicediscovery.handlers,
      efs: services.efs.handlers,
      elbv2: services.elbv2.handlers,
      ecr: services.ecr.handlers,
      ecs: services.ecs.handlers,
      applicationautoscaling: services.applicationautoscaling.handlers,
      eventbridge: services.eventbridge.handlers,
      cloudformation: services.cloudformation.handlers,
    },
    identity,
  );
  late.internal = {
    cloudformation: services.cloudformation.internal,
    cloudwatch: services.cloudwatch.internal,
    applicationautoscaling: services.applicationautoscaling.internal,
    ec2: services.ec2.internal,
    ecs: services.ecs.internal,
    efs: services.efs.internal,
    elbv2: services.elbv2.internal,
    logs: services.logs.internal,
    sts: services.sts.internal,
    servicediscovery: services.servicediscovery.internal,
  };
  late.plane = options.plane(region);
  const controlled: readonly { start?(): void | Promise<void>; stop?(): void | Promise<void> }[] =
    Object.values(services);
  return {
    region,
    services,
    registry: services.ecr.registry,
    async start() {
      for (const service of controlled) await service.start?.();
    },
    async stop() {
      for (const service of [...controlled].reverse()) await service.stop?.();
    },
  };
}

function repositoriesOf({ plane }: Region): LocalRepositories {
  const { repositories } = plane.runtime;
  if (!repositories) throw new Error('the runtime of this region keeps no repositories');
  return repositories;
}
