import type { FileSource } from '../compose/app.ts';
import type { Position, Problem } from '../common/problem.ts';
import type { Template } from '../template/model.ts';

/** The AWS deployment of an App. */
export interface Design {
  readonly template: Template;
  /** What the deployer fills in. */
  readonly parameters: readonly DesignParameter[];
  /** Values that the deployer puts into NoEcho parameters: they stand in no template. */
  readonly secrets: readonly SecretParameter[];
  /** Decisions that people should know of, and what has no counterpart on AWS. */
  readonly notices: readonly Problem[];
  /** Who calls whom: exactly these connections are allowed. */
  readonly edges: readonly Edge[];
  readonly publicServices: readonly PublicService[];
  /** Run by RunTask after each deployment, in this order: `restart: "no"` services that nobody waits for. */
  readonly once: readonly OnceTask[];
  /** What only the local region is told. */
  readonly local: LocalExtras;
}

export interface DesignParameter {
  readonly name: string;
  readonly service: string;
  /** `image`: `repository@sha256:…` of a `build:`; `desired-count`: how many tasks. */
  readonly kind: 'image' | 'desired-count';
  readonly default?: number;
}

/** A NoEcho parameter, at most 4,096 bytes, from which the stack makes a secret. */
export interface SecretParameter {
  readonly parameter: string;
  /** Its name at the top level of the compose file. */
  readonly secret: string;
  /** Where its value comes from; never `external`: such a secret is in the account already. */
  readonly from: Exclude<FileSource['from'], { readonly kind: 'external' }>;
  readonly position: Position;
}

/** A task (of the service, with what runs beside it) calls another at a port. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** TCP where it is absent. */
  readonly protocol?: 'tcp' | 'udp';
  /** What says so: a variable, a link, depends_on, or x-aws. */
  readonly because: string;
  readonly position: Position;
}

/** A port that a load balancer serves. */
export interface PublicService {
  /** The ECS service. */
  readonly service: string;
  /** `http`: by the application load balancer; else by the network load balancer. */
  readonly protocol: 'http' | 'tcp' | 'udp';
  readonly listenerPort: number;
  readonly containerPort: number;
  /** Requests that are its own where services share a listener. */
  readonly host?: string;
  readonly path?: string;
  readonly position: Position;
}

/** A task definition that runs to its end. Names are outputs of the stack. */
export interface OnceTask {
  readonly service: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  /** Lists with commas. */
  readonly subnets: string;
  readonly securityGroups: string;
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}

export interface LocalExtras {
  readonly binds: readonly LocalBind[];
  readonly forwards: readonly LocalForward[];
}

/** A task volume that stands for a file or folder of this machine. */
export interface LocalBind {
  /** The ECS service (or once-task) in whose task definition the volume is. */
  readonly service: string;
  /** `Volumes[].Name` in its task definition. */
  readonly volume: string;
  /** Absolute. */
  readonly source: string;
  readonly readonly: boolean;
}

/** A loopback port of this machine that leads straight into a task, as an SSM port forwarding session does. */
export interface LocalForward {
  /** The ECS service. */
  readonly service: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** For people: why no load balancer serves it. */
  readonly reason: string;
}
