import type { Position, Problem } from '../common/problem.ts';

/** A project as its compose files describe it: names resolved, variables put in, files merged, defaults not yet chosen. */
export interface App {
  readonly name: string;
  /** Of the first file's `name`, else of its start. */
  readonly position: Position;
  /** Folder of the first file; relative paths start here. */
  readonly directory: string;
  readonly files: readonly string[];
  readonly settings: ProjectSettings;
  /** Those of the active profiles, by name. */
  readonly services: readonly Service[];
  readonly volumes: readonly NamedVolume[];
  /** `configs` and `secrets` of the top level that a service uses, by name. */
  readonly configs: readonly FileSource[];
  readonly secrets: readonly FileSource[];
  /** `x-aws-cloudformation`: merged over the template, as the retired compose-ecs did. */
  readonly overlay?: Located<Readonly<Record<string, unknown>>>;
  /** What is in the files and not enacted. */
  readonly notices: readonly Notice[];
}

export type Notice = Problem;

/** A value, and where it was written. */
export interface Located<T> {
  readonly value: T;
  readonly position: Position;
}

export const PROFILES = ['affordable', 'balanced', 'highly-available'] as const;
export type CostProfile = (typeof PROFILES)[number];

/** `x-aws` at the top level. */
export interface ProjectSettings {
  readonly profile: CostProfile;
  /** The private DNS zone: `redis.local`. */
  readonly namespace: Located<string>;
  readonly logRetentionDays: number;
  /** `x-aws-vpc`, `x-aws-cluster`, `x-aws-loadbalancer`: what is there already, by id or ARN. */
  readonly existing?: {
    readonly vpc?: Located<string>;
    readonly cluster?: Located<string>;
    readonly loadBalancer?: Located<string>;
  };
}

/** `x-aws` of a service. */
export interface ServiceSettings {
  /** Services it calls beyond what can be seen from its environment. */
  readonly calls: readonly Call[];
  /** Nothing connects to it: depends_on of it is an order only. */
  readonly worker: boolean;
  /** False: `ports` are for its peers, the load balancer does not serve them. */
  readonly public: boolean;
  /** Requests that are its own where services share a listener: `api.example.com`, `/api/*`. */
  readonly host?: Located<string>;
  readonly path?: Located<string>;
  readonly healthPath?: Located<string>;
  readonly autoscaling?: Autoscaling;
  /** What its task role may do: `x-aws-policies` (ARNs) and `x-aws-role` (a policy document). */
  readonly policies: readonly Located<string>[];
  readonly role?: Located<Readonly<Record<string, unknown>>>;
  /** `x-aws-pull_credentials`: the ARN of a secret. */
  readonly pullCredentials?: Located<string>;
  /** CPU units of the task (1024 are one virtual CPU) and MiB of memory. */
  readonly cpu?: Located<number>;
  readonly memory?: Located<number>;
  /** TCP ports that may be reached anywhere outside, beside 443. */
  readonly egress: readonly Located<number>[];
}
export interface Autoscaling {
  readonly min: number;
  readonly max: number;
  /** Percent that is aimed at. */
  readonly cpu?: number;
  readonly memory?: number;
  /** That the load balancer sends to each task in a minute. */
  readonly requests?: number;
  readonly position: Position;
}
export interface Call {
  readonly service: string;
  readonly port?: number;
  readonly position: Position;
}

export interface Service {
  readonly name: string;
  readonly position: Position;
  readonly image?: Located<string>;
  readonly build?: Build;
  /** When `up` asks the image's registry; ECS on AWS pulls for each task. */
  readonly pullPolicy?: PullPolicy;
  /** A text is split into words, as docker does it; no shell is put before it. */
  readonly command?: Located<readonly string[]>;
  readonly entrypoint?: Located<readonly string[]>;
  /** By name. */
  readonly environment: readonly Variable[];
  readonly ports: readonly PublishedPort[];
  readonly expose: readonly ExposedPort[];
  readonly dependsOn: readonly Dependency[];
  readonly links: readonly Located<string>[];
  readonly healthCheck?: HealthCheck;
  readonly replicas: Located<number>;
  /** Virtual CPUs and MiB: the limits, else the reservations. */
  readonly cpus?: Located<number>;
  readonly memory?: Located<number>;
  /** Names of networks; two services that share none do not see each other. */
  readonly networks: readonly string[];
  readonly mounts: readonly Mount[];
  /** Configs and secrets that are granted to it. */
  readonly files: readonly GrantedFile[];
  /** `once`: it runs to its end and is not started again (`restart: "no"` written out and no ports, or another waits for its end). */
  readonly lifetime: 'service' | 'once';
  /** `network_mode: service:X`: a container of the task of X. */
  readonly sidecarOf?: Located<string>;
  readonly limits: KernelSettings;
  readonly rollout: {
    readonly minimumHealthyPercent?: Located<number>;
    readonly maximumPercent?: Located<number>;
  };
  /** `develop.watch`. */
  readonly watch: readonly WatchRule[];
  readonly stopGraceSeconds?: Located<number>;
  readonly user?: Located<string>;
  readonly workingDirectory?: Located<string>;
  readonly readonlyRoot: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture: 'X86_64' | 'ARM64';
  /** container_name, network aliases, and the names that `links` give: other names that resolve to it. */
  readonly aliases: readonly string[];
  readonly settings: ServiceSettings;
}

export type PullPolicy = 'always' | 'missing' | 'never' | 'build';

export interface Build {
  /** Absolute, or relative to the project's folder. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  /** `dockerfile_inline`: stands for the file. */
  readonly inline?: string;
  /** Files that `RUN --mount=type=secret` sees, by id. */
  readonly secrets: readonly FileSource[];
  /** `additional_contexts`: name → folder (absolute, or relative to the project's) or `docker-image://…`. */
  readonly contexts: Readonly<Record<string, string>>;
  /** The foreign image at the bottom of the target, where it is written without variables. */
  readonly baseImage?: string;
  /** Every foreign image that the target is made from, where its Dockerfile names it without variables. */
  readonly images: readonly Located<string>[];
  /** What EXPOSE says. */
  readonly expose: readonly ExposedPort[];
  /** No layer of an earlier build serves. */
  readonly noCache?: true;
  /** Its base images are asked for again each time. */
  readonly pull?: true;
  /** What HEALTHCHECK says: ECS does not look at it in the image. */
  readonly healthCheck?: HealthCheck;
  readonly position: Position;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  /** In the compose file or in the env_file. */
  readonly position: Position;
}

export interface PublishedPort {
  /** The container's. */
  readonly target: number;
  /** The listener's; absent where the file leaves it to chance. */
  readonly published?: number;
  readonly protocol: 'tcp' | 'udp';
  /** Bound to a loopback address: it is for the host this runs on, never for AWS. */
  readonly loopback: boolean;
  /** `app_protocol` or `x-aws-protocol`: http, https, tcp …, where it is written. */
  readonly appProtocol?: string;
  readonly position: Position;
}
export interface ExposedPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly position: Position;
}

export interface Dependency {
  readonly service: string;
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  readonly position: Position;
}

export interface HealthCheck {
  /** As ECS takes it: `CMD-SHELL` and a line, or `CMD` and arguments. */
  readonly command: readonly string[];
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly retries?: number;
  readonly startPeriodSeconds?: number;
  readonly position: Position;
}

export type Mount = VolumeMount | BindMount | TmpfsMount;
export interface VolumeMount {
  readonly kind: 'volume';
  /** A named volume of the project; absent for an anonymous one. */
  readonly volume?: string;
  readonly target: string;
  readonly readonly: boolean;
  readonly position: Position;
}
export interface BindMount {
  readonly kind: 'bind';
  /** A file or folder of the host, absolute. */
  readonly source: string;
  readonly target: string;
  readonly readonly: boolean;
  readonly position: Position;
}
export interface TmpfsMount {
  readonly kind: 'tmpfs';
  readonly target: string;
  readonly mebibytes?: number;
  readonly position: Position;
}

/** The mounts that are volumes. */
export const volumeMounts = ({ mounts }: Pick<Service, 'mounts'>): readonly VolumeMount[] =>
  mounts.filter((mount) => mount.kind === 'volume');

/** What a named volume becomes on AWS; undecided where the file does not say (`x-aws: {state: …}`). */
export const STATES = ['efs', 'ebs', 'managed', 'ephemeral'] as const;
export type State = (typeof STATES)[number];
export interface NamedVolume {
  readonly name: string;
  /** As it is called outside of the project: `jobs_queue`. */
  readonly externalName: string;
  readonly state?: Located<State>;
  /** `external: true` and `name: fs-…`: the id of an EFS file system that is there already. */
  readonly fileSystem?: Located<string>;
  /** `driver_opts` that compose-ecs gave to an EFS volume: performance_mode, uid, gid, root_directory … */
  readonly options: Readonly<Record<string, string>>;
  readonly position: Position;
}

/** A config or secret of the project: where its bytes come from. */
export interface FileSource {
  readonly name: string;
  readonly from:
    /** Absolute; it is there, as text. */
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'content'; readonly content: string }
    /** The value of a variable of the environment that reads the project; absent where it is not set. */
    | { readonly kind: 'environment'; readonly variable: string; readonly value?: string }
    /** It exists in the account already, by this name or ARN. */
    | { readonly kind: 'external'; readonly name: string };
  /** `x-aws-keys`: keys of a JSON secret, a file each. */
  readonly keys?: readonly string[];
  readonly position: Position;
}
/** A config or secret as one service sees it. */
export interface GrantedFile {
  readonly kind: 'config' | 'secret';
  /** Name at the top level. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly position: Position;
}

/** What ECS calls linuxParameters and ulimits; Fargate takes some of them only. */
export interface KernelSettings {
  readonly init: boolean;
  readonly ulimits: readonly {
    readonly name: string;
    readonly soft: number;
    readonly hard: number;
    readonly position: Position;
  }[];
  readonly capAdd: readonly Located<string>[];
  readonly capDrop: readonly Located<string>[];
  readonly sharedMemoryMebibytes?: Located<number>;
  readonly stdinOpen: boolean;
  readonly tty: boolean;
}

/** https://docs.docker.com/reference/compose-file/develop/ */
export interface WatchRule {
  readonly action: 'sync' | 'rebuild' | 'restart' | 'sync+restart' | 'sync+exec';
  /** Absolute. */
  readonly path: string;
  readonly target?: string;
  readonly ignore: readonly string[];
  readonly include: readonly string[];
  readonly exec?: readonly string[];
  readonly initialSync: boolean;
  readonly position: Position;
}
