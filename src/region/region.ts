import type { Clock } from '../common/clock.ts';
import type { Topology } from '../topology/model.ts';
import type { PrivateZone } from './dns/zone.ts';
import type { Api } from './gateway/types.ts';
import type { Netd } from './network/netd-client.ts';
import type { Network } from './network/network.ts';
import type { Container, Runtime } from './runtime/runtime.ts';
import type { Store } from './store/store.ts';

/** Every service's operations, called in process: `region.api.ec2.CreateVpc({ CidrBlock })`. */
export interface Apis {
  readonly cloudformation: Api<typeof import('@aws-sdk/client-cloudformation')>;
  readonly ec2: Api<typeof import('@aws-sdk/client-ec2')>;
  readonly ecr: Api<typeof import('@aws-sdk/client-ecr')>;
  readonly ecs: Api<typeof import('@aws-sdk/client-ecs')>;
  readonly elbv2: Api<typeof import('@aws-sdk/client-elastic-load-balancing-v2')>;
  readonly servicediscovery: Api<typeof import('@aws-sdk/client-servicediscovery')>;
  readonly iam: Api<typeof import('@aws-sdk/client-iam')>;
  readonly sts: Api<typeof import('@aws-sdk/client-sts')>;
  readonly logs: Api<typeof import('@aws-sdk/client-cloudwatch-logs')>;
  readonly s3: Api<typeof import('@aws-sdk/client-s3')>;
  readonly secretsmanager: Api<typeof import('@aws-sdk/client-secrets-manager')>;
  readonly efs: Api<typeof import('@aws-sdk/client-efs')>;
  readonly cloudwatch: Api<typeof import('@aws-sdk/client-cloudwatch')>;
  readonly applicationautoscaling: Api<typeof import('@aws-sdk/client-application-auto-scaling')>;
  readonly eventbridge: Api<typeof import('@aws-sdk/client-eventbridge')>;
  readonly ssm: Api<typeof import('@aws-sdk/client-ssm')>;
}
export type ServiceName = keyof Apis;

/** One local AWS region: what each service is handed. */
export interface Region {
  readonly identity: Identity;
  readonly clock: Clock;
  /** `eager`: waits that only give things time to settle are cut short (docs/fidelity.md names them). `aws`: each takes as long as on AWS. */
  readonly pace: Pace;
  readonly store: Store;
  readonly log: (message: string) => void;
  readonly api: Apis;
  /** Address of the region's own API on this machine; undefined while there is none. */
  readonly endpoint?: () => string | undefined;
  /** What services need of each other beyond AWS's public operations. */
  readonly internal: Internal;
  readonly plane: DataPlane;
}

export type Pace = 'eager' | 'aws';

export interface Identity {
  readonly accountId: string;
  readonly region: string;
  readonly partition: 'aws';
  readonly urlSuffix: 'amazonaws.com';
  /** Folder of the region's durable state, for what does not belong into the store (objects, logs, volumes). */
  readonly stateDirectory: string;
}

/** The part that is not data structures: kernel, processes, images. Unit tests hand in their own. */
export interface DataPlane {
  readonly netd: Netd;
  readonly network: Network;
  readonly runtime: Runtime;
  readonly hostPorts: HostPorts;
}

export interface HostSockets {
  readonly port: number;
  readonly server?: import('node:net').Server;
  readonly datagrams?: import('node:dgram').Socket;
}

/** Listening sockets on the host that load balancers and forwards serve. */
export interface HostPorts {
  /**
   * A TCP socket listening on 127.0.0.1 for a load balancer's listener: the listener's own port where it is free and allowed, else the
   * next free one from 8000 on. The choice is kept for `key` (a listener ARN) over restarts where the port is still free.
   */
  claim(
    key: string,
    port: number,
  ): Promise<{ readonly port: number; readonly server: import('node:net').Server }>;
  /** The same for sockets of either kind, both on one port where both are wanted. */
  claimSockets(key: string, port: number, transports: readonly ('tcp' | 'udp')[]): Promise<HostSockets>;
  release(key: string): void;
  /** Listener ARN → host port. */
  readonly mapping: ReadonlyMap<string, number>;
}

/** A volume of a stack's task definition that stands for a file or folder of this machine. */
export interface HostBind {
  /** Name of a container of the task definition: the service's. */
  readonly service: string;
  /** `Volumes[].Name` in the task definition. */
  readonly volume: string;
  /** Absolute; made as a folder where it is missing. */
  readonly source: string;
  readonly readonly: boolean;
}

/** One observation, as PutMetricData takes it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
export interface Measurement {
  readonly namespace: string;
  readonly metric: string;
  /** Name → value. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** In CloudWatch's words: `Count`, `Percent`, `Seconds`. */
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a container said last, both streams in the order in which they were read, oldest line first. */
export interface LastWords {
  readonly container: string;
  readonly lines: readonly string[];
}

/** What an alarm says to the scaling policy that it invokes. */
export interface AlarmSignal {
  readonly name: string;
  readonly threshold: number;
  /** The newest datapoint of its metric, by its own statistic or by another. */
  value(statistic?: 'Average' | 'Minimum' | 'Maximum'): number | undefined;
}

export interface Internal {
  readonly cloudformation: {
    /** Takes what a program puts at the handle of a wait condition, which looks like an object of S3. */
    signal(key: string, body: Uint8Array): void;
  };
  readonly cloudwatch: {
    /** What AWS's own services measure about themselves: `AWS/ECS`, `AWS/ApplicationELB`; `at` lies in the minute that was measured. */
    record(measurements: readonly Measurement[]): void;
    /** Whether an alarm, or somebody who asked within the last 15 minutes, looks at a metric that has these dimensions, or some of them. */
    watched(namespace: string, dimensions: Readonly<Record<string, string>>): boolean;
  };
  readonly applicationautoscaling: {
    /** An alarm is in the state that invokes a scaling policy: on the transition, and once a minute while it stays. */
    alarmed(policyArn: string, alarm: AlarmSignal): void;
  };
  readonly ec2: {
    /** An interface that a service makes on a customer's behalf; it appears in DescribeNetworkInterfaces as on AWS. */
    createRequesterInterface(input: {
      readonly subnetId: string;
      readonly groupIds: readonly string[];
      readonly description: string;
      readonly requester: 'ecs' | 'elasticloadbalancing' | 'ec2' | 'elasticfilesystem';
      readonly assignPublicIp?: boolean;
      /** Absent: the lowest free one. */
      readonly privateAddress?: string;
    }): {
      readonly id: string;
      readonly privateAddress: string;
      readonly publicAddress?: string;
      readonly macAddress: string;
    };
    deleteRequesterInterface(id: string): void;
    setRequesterInterfaceGroups(id: string, groupIds: readonly string[]): void;
    /** The topology as it is now, memoised between writes. */
    topology(): Topology;
  };
  readonly servicediscovery: {
    /** Private zones with what is registered and healthy in them. */
    zones(): readonly PrivateZone[];
  };
  readonly logs: {
    /** Appends container output; the stream is made when missing; throws ApiError when the group does not exist. */
    append(
      group: string,
      stream: string,
      events: readonly { readonly timestamp: number; readonly message: string }[],
    ): void;
  };
  readonly ecs: {
    /** A running container by its task's id; undefined where there is none. */
    container(taskId: string, containerName: string): Container | undefined;
    /**
     * Ends a container's program and starts it again in its place, from another image where one is given, which then stands for the
     * one of its task definition until the region ends. False where it does not run.
     */
    swap(taskId: string, containerName: string, image?: string): Promise<boolean>;
    /** Serves the metadata endpoint on a connection from inside a VPC; `from` is the address of the task that asks. */
    metadata(socket: import('node:net').Socket, from: string): void;
    /**
     * The last lines of each container of a task, in the order of its definition: of one that runs, and of one that has stopped for
     * as long as ECS remembers it, whatever became of its service and its log group. Empty where the task is not known.
     */
    lastWords(taskId: string): readonly LastWords[];
    /** What of this machine a stack's tasks see; replaces what was said of it before, and goes with the stack. */
    setBinds(stack: string, binds: readonly HostBind[]): void;
  };
  readonly sts: {
    /** Credentials for a role's session, which the gateway knows again. */
    open(
      principal: { readonly arn: string; readonly userId: string },
      seconds: number,
    ): {
      readonly AccessKeyId: string;
      readonly SecretAccessKey: string;
      readonly SessionToken: string;
      readonly Expiration: Date;
    };
  };
  readonly efs: {
    /** Name of the runtime's volume that holds a file system. */
    volume(fileSystemId: string): string;
  };
  readonly elbv2: {
    /** Health of one target as DescribeTargetHealth gives it; undefined when not registered. */
    targetState(
      targetGroupArn: string,
      address: string,
      port: number,
    ): { readonly state: string; readonly reason?: string } | undefined;
    /** The names of load balancers, as the resolver of their VPCs answers them. */
    zones(): readonly PrivateZone[];
    /** Host connections that a load balancer's own groups refused; they do not pass the packet filter. */
    denials(): readonly import('./network/network.ts').Denial[];
  };
}

/** A service as the region mounts it: operations, what others may use of it, and controllers that run from `start` on. */
export interface Service<Sdk, Inside = undefined> {
  readonly handlers: import('./gateway/types.ts').Handlers<Sdk>;
  readonly internal: Inside;
  /** Starts controllers; observes what is there (after a restart too) and brings it to what is wanted. */
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}
