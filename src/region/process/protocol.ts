import type { SeenFlow } from '../flows/model.ts';
import type { Forward, ForwardRequest } from '../forward/model.ts';

/**
 * What the command line and the region say to each other beyond AWS's API: HTTP on the region's unix socket, below
 * `/_fairway/`. JSON both ways; `build` answers lines of JSON as it goes on; `exec` upgrades to framed bytes.
 */
export const CONTROL_PREFIX = '/_fairway/';

export interface RegionInfo {
  /** Changes with every build of Fairway; a region of another build is replaced. */
  readonly build: string;
  readonly pid: number;
  /** `http://127.0.0.1:4566`: the AWS endpoint for other tools. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How it runs. */
  readonly settings: import('./settings.ts').RegionSettings;
  /** Milliseconds since the epoch, by the region's own time. */
  readonly now: number;
}

/** `activity`: what goes on in the region, while it is followed. */
export interface ActivityLine {
  /** Milliseconds since the epoch, by the region's own time. */
  readonly at: number;
  readonly kind: 'call' | 'stack' | 'service' | 'task';
  /** `ecs CreateService`, `stack shop`, `service web`, `task web 1a2b3c4d` */
  readonly what: string;
  readonly text: string;
  readonly failed: boolean;
}

export interface ProbeRequest {
  readonly references: readonly string[];
  /** Listener ports that a project that does not run yet would like to have on the host. */
  readonly ports: readonly number[];
}
export interface ProbeAnswer {
  readonly images: readonly {
    readonly reference: string;
    readonly available: boolean;
    readonly standIn?: string;
    readonly reason?: string;
    /** What to write instead, where it cannot be had. */
    readonly fix?: string;
  }[];
  /** Ports that a program other than this region listens on. */
  readonly takenPorts: readonly number[];
}

export type BuildJob = import('../runtime/runtime.ts').BuildRequest;
export type BuildLine =
  | {
      readonly kind: 'progress';
      readonly line: string;
      readonly event?: import('../runtime/runtime.ts').BuildEvent;
    }
  | ({ readonly kind: 'built' } & import('../runtime/runtime.ts').BuiltImage)
  | { readonly kind: 'failed'; readonly problem: WireProblem };

/** `pull-images`: what these services will need, before they are started. */
export interface PullRequest {
  readonly references: readonly string[];
  readonly pull?: 'missing' | 'always' | 'never';
}
export type PullLine =
  | { readonly kind: 'progress'; readonly reference: string; readonly line: string }
  | ({ readonly kind: 'transfer' } & import('../runtime/runtime.ts').PullProgress)
  | {
      readonly kind: 'ready';
      readonly reference: string;
      readonly digest: string;
      readonly standIn?: string;
    }
  | { readonly kind: 'failed'; readonly reference: string; readonly problem: WireProblem };

/** `images`: a name on this machine, and who runs it (`PROJECT/SERVICE`). */
export type StoredImage = import('../runtime/runtime.ts').ImageSummary & {
  readonly usedBy: readonly string[];
};

/** An error as it crosses the socket: `input` are the user's to mend (exit 2), `operation` went wrong (exit 1). */
export interface WireProblem {
  readonly kind: 'input' | 'operation';
  readonly problems: readonly import('../../common/problem.ts').Problem[];
}

export interface StackStatus {
  readonly stack: string;
  readonly state: string;
  readonly urls: readonly string[];
  readonly services: readonly ServiceStatus[];
  /** Ports of 127.0.0.1 that lead straight into tasks. */
  readonly forwards: readonly Forward[];
}
/** Begins (with nothing seen) or ends observing the VPCs of a stack; the stack need not be there yet. */
export interface ObserveRequest {
  readonly stack: string;
  readonly observe: boolean;
}
export interface ObservedFlows {
  readonly stack: string;
  readonly observing: boolean;
  /** Newest first. */
  readonly flows: readonly SeenFlow[];
}

/** Replaces the forwards of a stack. */
export interface ForwardsRequest {
  readonly stack: string;
  readonly forwards: readonly ForwardRequest[];
}
export interface ServiceStatus {
  readonly name: string;
  readonly desired: number;
  /** Between what auto scaling keeps the desired count; absent where nothing scales it. */
  readonly scaling?: { readonly min: number; readonly max: number };
  readonly running: number;
  readonly healthy: number;
  readonly tasks: readonly TaskStatus[];
}
export interface TaskStatus {
  readonly id: string;
  readonly address: string;
  readonly lastStatus: string;
  readonly health: string;
}

export interface NamedDenial {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: string;
  readonly port: number;
  readonly reason: string;
  /** The groups, network ACL or route table that decided: `sg-… (jobs-ApiSecurityGroup-…)`. */
  readonly deciders: readonly string[];
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}
export interface Party {
  readonly address: string;
  /** Service, load balancer or gateway that holds the address, where it is known. */
  readonly name?: string;
}

export interface LogLine {
  readonly service: string;
  readonly task: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** `last-words?task=ID`: what the containers of a task said last, while ECS remembers the task. */
export interface LastWordsAnswer {
  readonly words: readonly import('../region.ts').LastWords[];
}

/** Which volumes of a stack's task definitions stand for files and folders of this machine; replaces what was said before. */
export interface BindsRequest {
  readonly stack: string;
  readonly binds: readonly import('../region.ts').HostBind[];
}

export interface ExecRequest {
  readonly stack: string;
  readonly service: string;
  /** A task's id or the beginning of one; absent: the service's first running task. */
  readonly task?: string;
  readonly argv: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One frame of an upgraded exec connection: type (one byte), length (four bytes, big endian), payload. */
export const FRAME = { stdin: 0, stdout: 1, stderr: 2, exit: 3 } as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export function encodeFrame(type: FrameType, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** Feeds on chunks as they come and tells each whole frame. */
export function frameReader(onFrame: (type: number, payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 5) {
      const end = 5 + rest.readUInt32BE(1);
      if (rest.length < end) return;
      onFrame(rest.readUInt8(0), rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  };
}

/** Another image for the running tasks of a service, or files put into them, without a deployment. */
export interface SwapRequest {
  readonly stack: string;
  readonly service: string;
  /** Replaces the image that the service's own container has now. */
  readonly image?: string;
  /** Files and folders of the host that are copied into the containers; those that are gone are removed there. */
  readonly copies: readonly { readonly source: string; readonly target: string }[];
  /** Ends the program and starts it again, in its task and at its address. */
  readonly restart: boolean;
  readonly exec?: readonly string[];
}
export interface Swapped {
  /** How many it reached. */
  readonly tasks: number;
}
