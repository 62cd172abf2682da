import type { Origin, Protocol, Topology } from './model.ts';

/**
 * A whole deployment: the network, what stands in it, and the resources it was made of. Built from templates (and from a live region's
 * resources in the shape of CloudFormation). Ids are logical ids where there are such. A value that is not known is `Unknown` and
 * says why: nothing is guessed.
 */
export interface System extends Topology {
  readonly services: readonly EcsService[];
  readonly taskDefinitions: readonly TaskDefinition[];
  readonly capacity: readonly Capacity[];
  readonly loadBalancers: readonly LoadBalancer[];
  readonly listeners: readonly Listener[];
  readonly targetGroups: readonly TargetGroup[];
  readonly databases: readonly Database[];
  readonly names: readonly DiscoveryName[];
  readonly resources: ReadonlyMap<string, Declared>;
}

export interface Unknown {
  readonly unknown: string;
}
export type Value<T> = T | Unknown;
export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'unknown');
/** The value where it is known. */
export const known = <T>(value: Value<T> | undefined): T | undefined =>
  value === undefined || isUnknown(value) ? undefined : value;

/** A resource as it was declared, its properties evaluated as far as they are known. */
export interface Declared {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  /** Why it may not be there at all. */
  readonly uncertain?: string;
  /** As written, evaluated; what cfn-init does with an instance is here. */
  readonly metadata?: unknown;
}

export interface EcsService {
  readonly id: string;
  readonly name: string;
  readonly launchType: Value<'FARGATE' | 'EC2' | 'EXTERNAL'>;
  /** The cluster's logical id where it is a resource, else its name. */
  readonly clusterId: Value<string>;
  readonly taskDefinitionId: Value<string>;
  readonly scheduling: 'REPLICA' | 'DAEMON';
  /** `ECS` replaces tasks by itself; `CODE_DEPLOY` and `EXTERNAL` leave that to others. */
  readonly controller: string;
  /** Where auto scaling owns the count, no less than its least. */
  readonly desiredCount: Value<number>;
  /** What auto scaling may raise the count to; the desired count where nothing scales it. */
  readonly maximumCount: Value<number>;
  /** Percents of the desired count that a deployment keeps to. */
  readonly minimumHealthyPercent: Value<number>;
  readonly maximumPercent: Value<number>;
  readonly serviceConnect: boolean;
  /** Of awsvpc tasks; the subnets it may be put into. */
  readonly subnetIds: Value<readonly string[]>;
  readonly groupIds: Value<readonly string[]>;
  readonly assignPublicIp: Value<boolean>;
  readonly targets: readonly {
    readonly targetGroupId: Value<string>;
    readonly containerName: Value<string>;
    readonly containerPort: Value<number>;
    readonly origin: Origin;
  }[];
  readonly registries: readonly {
    readonly discoveryId: Value<string>;
    readonly containerName: Value<string> | undefined;
    readonly containerPort: Value<number> | undefined;
    readonly origin: Origin;
  }[];
  readonly executeCommand: boolean;
  readonly graceSeconds: Value<number>;
  readonly origin: Origin;
}

export interface TaskDefinition {
  readonly id: string;
  readonly family: Value<string>;
  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html */
  readonly networkMode: Value<'awsvpc' | 'bridge' | 'host' | 'none'>;
  readonly compatibilities: readonly string[];
  /** CPU units and MiB of the whole task. */
  readonly cpu: Value<number> | undefined;
  readonly memory: Value<number> | undefined;
  readonly architecture: Value<'X86_64' | 'ARM64'>;
  readonly executionRoleId: Value<string> | undefined;
  readonly taskRoleId: Value<string> | undefined;
  readonly containers: readonly ContainerDefinition[];
  readonly volumes: readonly {
    readonly name: Value<string>;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly origin: Origin;
  }[];
  readonly origin: Origin;
}
export interface ContainerDefinition {
  readonly name: Value<string>;
  readonly image: Value<string>;
  readonly essential: boolean;
  readonly cpu: Value<number> | undefined;
  readonly memory: Value<number> | undefined;
  readonly memoryReservation: Value<number> | undefined;
  readonly ports: readonly {
    readonly containerPort: Value<number>;
    readonly hostPort: Value<number> | undefined;
    readonly protocol: 'tcp' | 'udp';
    readonly name?: string;
    readonly origin: Origin;
  }[];
  readonly environment: readonly {
    readonly name: string;
    readonly value: Value<string>;
    readonly origin: Origin;
  }[];
  readonly secrets: readonly {
    readonly name: string;
    readonly valueFrom: unknown;
    readonly origin: Origin;
  }[];
  readonly healthCheck:
    | {
        readonly command: readonly string[];
        /** Seconds, with the defaults of ECS. */
        readonly interval: number;
        readonly timeout: number;
        readonly retries: number;
        readonly startPeriod: number;
      }
    | undefined;
  readonly dependsOn: readonly {
    readonly name: string;
    readonly condition: string;
    readonly origin: Origin;
  }[];
  readonly logDriver: string | undefined;
  readonly logOptions: Readonly<Record<string, unknown>>;
  /** All of it, in the words of CloudFormation, for what has no field here. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
}

/** Instances that register with a cluster: an Auto Scaling group, or a single instance. */
export interface Capacity {
  readonly id: string;
  readonly clusterId: Value<string>;
  readonly instanceTypes: Value<readonly string[]>;
  /** Where the type of the instances is written: the group itself, its launch template or configuration. */
  readonly typeOrigin: Origin;
  /** How many instances there are to begin with, and how many there may come to be. */
  readonly desired: Value<number>;
  readonly maximum: Value<number>;
  readonly subnetIds: Value<readonly string[]>;
  readonly groupIds: Value<readonly string[]>;
  /** MiB that the agent keeps back (`ECS_RESERVED_MEMORY`). */
  readonly reservedMemory: number;
  /** User data, what is not known in it as `${Name}`. */
  readonly script: string | undefined;
  readonly origin: Origin;
}

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly type: 'application' | 'network' | 'gateway';
  readonly scheme: Value<'internet-facing' | 'internal'>;
  readonly subnetIds: Value<readonly string[]>;
  /** Undefined: none, as a network load balancer may have. */
  readonly groupIds: Value<readonly string[]> | undefined;
  readonly origin: Origin;
}
export interface Listener {
  readonly id: string;
  readonly loadBalancerId: Value<string>;
  readonly port: Value<number>;
  readonly protocol: Value<string>;
  readonly certificates: Value<number>;
  readonly defaultActions: readonly Action[];
  readonly rules: readonly ListenerRule[];
  readonly origin: Origin;
}
export interface ListenerRule {
  readonly id: string;
  readonly priority: Value<number>;
  readonly conditions: readonly {
    readonly field: string;
    /** Of a condition on an HTTP header: its name. */
    readonly header?: string;
    readonly values: Value<readonly string[]>;
  }[];
  readonly actions: readonly Action[];
  readonly origin: Origin;
}
export type Action =
  | { readonly kind: 'forward'; readonly targetGroupIds: readonly Value<string>[] }
  | { readonly kind: 'fixed-response' | 'redirect' | 'authenticate' | 'other' };
export interface TargetGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: Value<string> | undefined;
  readonly protocol: Value<string>;
  readonly port: Value<number>;
  readonly targetType: Value<'ip' | 'instance' | 'lambda' | 'alb'>;
  readonly health: {
    readonly protocol: Value<string>;
    readonly path: Value<string> | undefined;
    /** A number, or that of the traffic. */
    readonly port: Value<number | 'traffic-port'>;
    readonly intervalSeconds: Value<number>;
    readonly timeoutSeconds: Value<number>;
    readonly healthyThreshold: Value<number>;
    readonly unhealthyThreshold: Value<number>;
    readonly matcher: Value<string> | undefined;
  };
  readonly origin: Origin;
}

/** RDS, DocumentDB, ElastiCache, EFS: what services keep their state in. */
export interface Database {
  readonly id: string;
  readonly name: string;
  readonly kind: 'rds' | 'docdb' | 'elasticache' | 'efs';
  readonly port: Value<number>;
  readonly protocol: Protocol;
  readonly vpcId: Value<string> | undefined;
  readonly subnetIds: Value<readonly string[]>;
  readonly groupIds: Value<readonly string[]>;
  readonly publiclyAccessible: Value<boolean>;
  readonly origin: Origin;
}

/** A name in a private zone, and the services that register under it. */
export interface DiscoveryName {
  readonly id: string;
  readonly name: Value<string>;
  readonly vpcIds: Value<readonly string[]>;
  readonly recordTypes: readonly string[];
  readonly origin: Origin;
}
