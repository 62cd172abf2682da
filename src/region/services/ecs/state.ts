import type * as sdk from '@aws-sdk/client-ecs';
import type { HostBind, LastWords, Region } from '../../region.ts';
import type { Table } from '../../store/store.ts';
import { createArns, type Arns } from './ids.ts';

export type Sdk = typeof sdk;

export interface ClusterRecord {
  readonly name: string;
  readonly arn: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly settings: readonly sdk.ClusterSetting[];
  readonly capacityProviders: readonly string[];
  readonly defaultStrategy: readonly sdk.CapacityProviderStrategyItem[];
  readonly inactiveAt?: Date;
}

/** As DescribeTaskDefinition answers it, with what is always there. */
export interface TaskDefinitionRecord extends sdk.TaskDefinition {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: sdk.TaskDefinitionStatus;
  readonly containerDefinitions: (sdk.ContainerDefinition & {
    readonly name: string;
    readonly image: string;
  })[];
}

/** The deployable settings of a service: what starts a deployment when it changes. */
export interface Revision {
  readonly taskDefinitionArn: string;
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly assignPublicIp: boolean;
  readonly loadBalancers: readonly sdk.LoadBalancer[];
  readonly serviceRegistries: readonly sdk.ServiceRegistry[];
  readonly platformVersion: string;
  /** What stands behind its volumes that are configured at launch. */
  readonly volumeConfigurations?: readonly sdk.ServiceVolumeConfiguration[];
  /** Set where a capacity provider, not a launch type, was asked for. */
  readonly capacityProvider?: string | undefined;
}

export interface DeploymentRecord {
  readonly id: string;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly revision: Revision;
  readonly revisionArn: string;
  readonly serviceDeploymentArn: string;
  readonly rolloutState: sdk.DeploymentRolloutState;
  readonly rolloutStateReason: string;
  /** Reached steady state once: what a rollback goes back to. */
  readonly completed: boolean;
  /** Consecutive failures, as AWS counts them. */
  readonly failedTasks: number;
  /** Attempts in a row whose tasks never ran: what its starts are throttled by. */
  readonly failedStarts?: number;
  /** What its alarms have said; absent until they were asked. */
  readonly alarms?: DeploymentAlarmsState;
  /** Its tasks run and those before are gone: since then only its alarms are waited for. */
  readonly bakesSince?: Date | undefined;
  /** No task is started before. */
  readonly retryAt?: Date | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html */
export interface DeploymentAlarmsState {
  /** In ALARM when the deployment began: not asked for its duration. */
  readonly ignored: readonly string[];
  readonly triggered: readonly string[];
  /** Milliseconds that the others are watched for after the tasks before are gone. */
  readonly bakes: number;
}

/** What a service says again only when six hours have passed. */
export type Condition = 'steady' | 'blocked' | 'throttled' | 'protected';

export interface ServiceRecord {
  readonly arn: string;
  readonly name: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly desiredCount: number;
  readonly deploymentConfiguration: {
    readonly minimumHealthyPercent: number;
    readonly maximumPercent: number;
    readonly circuitBreaker: {
      readonly enable: boolean;
      readonly rollback: boolean;
      readonly resetOnHealthyTask: boolean;
      /** Absent: half of the desired count, within 3 and 200. */
      readonly threshold?: { readonly type: sdk.ThresholdType; readonly value: number };
    };
    readonly alarms?: {
      readonly alarmNames: readonly string[];
      readonly enable: boolean;
      readonly rollback: boolean;
    };
  };
  readonly gracePeriodSeconds: number;
  /** Newest first. */
  readonly deployments: readonly DeploymentRecord[];
  /** The newest deployment that reached steady state, kept after its tasks are gone. */
  readonly lastCompleted?: DeploymentRecord | undefined;
  readonly enableManagedTags: boolean;
  readonly propagateTags: 'TASK_DEFINITION' | 'SERVICE' | 'NONE';
  readonly enableExecuteCommand: boolean;
  readonly clientToken?: string | undefined;
  readonly steady: boolean;
  /** When each condition that lasts was told last. */
  readonly told?: Partial<Record<Condition, Date>>;
  readonly createdAt: Date;
  readonly inactiveAt?: Date | undefined;
}

export type FailureCause = 'circuit breaker' | 'alarm' | 'request';

/** What DescribeServiceRevisions answers: kept when its deployment is gone. */
export interface ServiceRevisionRecord {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly revision: Revision;
  readonly createdAt: Date;
}

export interface ServiceDeploymentRecord {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly deploymentId: string;
  readonly status: sdk.ServiceDeploymentStatus;
  readonly statusReason?: string | undefined;
  readonly targetRevisionArn: string;
  readonly sourceRevisionArns: readonly string[];
  readonly rollback?: { readonly reason: string; readonly startedAt: Date; readonly revisionArn: string };
  /** As they were when it began. */
  readonly configuration?: ServiceRecord['deploymentConfiguration'];
  /** What ended it, where something did before it was done. */
  readonly failure?: { readonly cause: FailureCause; readonly failedTasks: number };
  readonly triggeredAlarms?: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt?: Date;
}

/** In order. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export const taskStatuses = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface ContainerRecord {
  readonly name: string;
  readonly arn: string;
  readonly image: string;
  readonly imageDigest?: string;
  readonly runtimeId?: string;
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly healthStatus: sdk.HealthStatus;
  readonly exitCode?: number;
  /** Of the program that runs now. */
  readonly startedAt?: Date;
  /** How often its restart policy (or an edit) started it again. */
  readonly restartCount?: number;
  readonly reason?: string | undefined;
}

/** What a task is registered in while it runs. */
export type Registration =
  | { readonly kind: 'target'; readonly targetGroupArn: string; readonly port: number }
  | {
      readonly kind: 'instance';
      readonly registryArn: string;
      readonly port?: number | undefined;
    };

export interface TaskRecord {
  readonly id: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly startedBy?: string | undefined;
  readonly serviceArn?: string | undefined;
  readonly deploymentId?: string | undefined;
  readonly subnetId: string;
  readonly zone: string;
  readonly groupIds: readonly string[];
  readonly assignPublicIp: boolean;
  readonly attachmentId: string;
  readonly interface?: {
    readonly id: string;
    readonly privateAddress: string;
    readonly publicAddress?: string;
    readonly macAddress: string;
  };
  /** Where it belongs while it serves. */
  readonly registrations: readonly Registration[];
  /** It has been entered there, or is about to be. */
  readonly registered: boolean;
  readonly overrides: sdk.TaskOverride;
  readonly containers: readonly ContainerRecord[];
  readonly desiredStatus: 'RUNNING' | 'STOPPED';
  readonly lastStatus: TaskStatus;
  readonly stopCode?: sdk.TaskStopCode;
  readonly stoppedReason?: string;
  /** What its deployment counts it as; absent until that is known. */
  readonly outcome?: 'proven' | 'failed';
  /** Until then it is not stopped for a scale-in or a deployment. */
  readonly protectedUntil?: Date | undefined;
  readonly platformVersion: string;
  readonly capacityProvider?: string | undefined;
  readonly enableExecuteCommand: boolean;
  /** What its credentials are asked for by. */
  readonly credentialsId?: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly pullStartedAt?: Date;
  readonly pullStoppedAt?: Date;
  readonly startedAt?: Date;
  readonly stoppingAt?: Date;
  readonly executionStoppedAt?: Date;
  readonly stoppedAt?: Date;
}

export interface Tables {
  readonly clusters: Table<ClusterRecord>;
  /** By ARN. */
  readonly taskDefinitions: Table<TaskDefinitionRecord>;
  /** The last revision number of each family. */
  readonly families: Table<{ readonly last: number }>;
  readonly services: Table<ServiceRecord>;
  readonly serviceEvents: Table<{ readonly events: readonly sdk.ServiceEvent[] }>;
  readonly serviceDeployments: Table<ServiceDeploymentRecord>;
  readonly serviceRevisions: Table<ServiceRevisionRecord>;
  /** By id. */
  readonly tasks: Table<TaskRecord>;
  /** What the containers of a stopped task said last, by its id. */
  readonly lastWords: Table<{ readonly words: readonly LastWords[] }>;
  /** By ARN. */
  readonly tags: Table<Record<string, string>>;
  readonly settings: Table<{ readonly value: string }>;
  /** By stack: what of this machine its tasks see. */
  readonly binds: Table<{
    readonly stack: string;
    readonly binds: readonly HostBind[];
    readonly at: Date;
  }>;
  /** RunTask's client tokens. */
  readonly tokens: Table<{
    readonly taskIds: readonly string[];
    readonly request: string;
    readonly at: Date;
  }>;
}

export interface EcsOptions {
  /**
   * How long a task must have run at the eager pace before it counts as healthy, whatever its checks say, in milliseconds: as long as
   * it takes to notice a program that ends at once. AWS waits 40,000 where there is no check.
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
   */
  readonly taskSettles: number;
}

/** What every operation and controller of the service works on. */
export interface Ecs {
  readonly region: Region;
  readonly tables: Tables;
  readonly arns: Arns;
  readonly options: EcsOptions;
  /** Images that stand for others while sources are watched; forgotten with the process. */
  readonly swaps: Map<string, string>;
  now(): Date;
}

export function createState(region: Region, options: EcsOptions): Ecs {
  const { store } = region;
  return {
    region,
    options,
    swaps: new Map(),
    arns: createArns(region.identity),
    now: () => new Date(region.clock.now()),
    tables: {
      clusters: store.table('ecs/clusters'),
      taskDefinitions: store.table('ecs/task-definitions'),
      families: store.table('ecs/families'),
      services: store.table('ecs/services'),
      serviceEvents: store.table('ecs/service-events'),
      serviceDeployments: store.table('ecs/service-deployments'),
      serviceRevisions: store.table('ecs/service-revisions'),
      tasks: store.table('ecs/tasks'),
      lastWords: store.table('ecs/last-words'),
      tags: store.table('ecs/tags'),
      settings: store.table('ecs/settings'),
      binds: store.table('ecs/binds'),
      tokens: store.table('ecs/client-tokens'),
    },
  };
}

/** The definition of a task; it exists as long as a task or service uses it. */
export function definitionOf({ tables }: Ecs, taskDefinitionArn: string): TaskDefinitionRecord {
  const definition = tables.taskDefinitions.get(taskDefinitionArn);
  if (!definition) throw new Error(`task definition ${taskDefinitionArn} is gone while something uses it`);
  return definition;
}
