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
}

/** `x-aws` of a service. */
export interface ServiceSettings {
  /** Services it calls beyond what can be seen from its environment. */
  readonly calls: readonly Call[];
  /** Nothing connects to it: depends_on of it is an order only. */
  readonly worker: boolean;
  /** False: `ports` are for its peers, the load balancer does not serve them. */
  readonly public: boolean;
  readonly healthPath?: Located<string>;
  /** CPU units of the task (1024 are one virtual CPU) and MiB of memory. */
  readonly cpu?: Located<number>;
  readonly memory?: Located<number>;
  /** TCP ports that may be reached anywhere outside, beside 443. */
  readonly egress: readonly Located<number>[];
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
  readonly stopGraceSeconds?: Located<number>;
  readonly user?: Located<string>;
  readonly workingDirectory?: Located<string>;
  readonly readonlyRoot: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly architecture: 'X86_64' | 'ARM64';
  /** container_name and network aliases: other names that Docker would resolve and AWS will not. */
  readonly aliases: readonly string[];
  readonly settings: ServiceSettings;
}

export interface Build {
  /** Absolute, or relative to the project's folder. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  /** The foreign image at the bottom of the target, where it is written without variables. */
  readonly baseImage?: string;
  /** Every foreign image that the target is made from, where its Dockerfile names it without variables. */
  readonly images: readonly Located<string>[];
  /** What EXPOSE says. */
  readonly expose: readonly ExposedPort[];
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
  readonly position: Position;
}
export interface ExposedPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly position: Position;
}

export interface Dependency {
  readonly service: string;
  readonly condition: 'service_started' | 'service_healthy';
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

export interface Mount {
  /** A named volume of the project; absent for an anonymous one. */
  readonly volume?: string;
  readonly target: string;
  readonly readonly: boolean;
  readonly position: Position;
}
export interface NamedVolume {
  readonly name: string;
  /** As it is called outside of the project: `jobs_queue`. */
  readonly externalName: string;
  readonly position: Position;
}
