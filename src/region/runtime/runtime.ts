import type { ImageSink, ImageSource } from '../../oci/model.ts';

/** How a container runs on this machine: images, builds, and processes with isolated roots. */
export interface Runtime {
  /** The repositories of the local registry, as they lie in the store of this machine. */
  readonly repositories?: LocalRepositories;
  /**
   * The image that a reference (`redis:7`, `…dkr.ecr…/jobs/api@sha256:…`) stands for, made ready to start. Rejects with an
   * OperationError `image-not-found` in the words of ECS (`CannotPullContainerError: …`).
   */
  resolve(reference: string, onProgress?: (line: string) => void, options?: ResolveOptions): Promise<Image>;
  /** Whether `resolve` could succeed, without doing the work; with what would stand in. */
  probe(reference: string): Promise<{
    readonly available: boolean;
    readonly standIn?: string;
    readonly reason?: string;
    readonly fix?: string;
  }>;
  /** Builds a Dockerfile; the result is in the local store under its digest. */
  build(
    request: BuildRequest,
    onProgress: (line: string, event?: BuildEvent) => void,
    options?: { readonly signal?: AbortSignal },
  ): Promise<BuiltImage>;
  /** Starts a container; rejects when it cannot be started at all. */
  start(spec: ContainerSpec): Promise<Container>;
  images?(): Promise<readonly ImageSummary[]>;
  /** Frees what no tag, no running container and none of the references `inUse` needs; with `all` also tagged images that nothing uses. */
  pruneImages?(options: { readonly inUse: readonly string[]; readonly all: boolean }): Promise<PruneResult>;
  /** Bytes of what builds keep for the next one besides layers. */
  buildCacheSize?(): Promise<number>;
  /** Removes a volume and what is in it; no error when there is none. */
  removeVolume?(name: string): Promise<void>;
  /**
   * Makes sure that a folder of a volume is there (the volume too); one that is made gets the owner and the mode. Rejects with
   * `volume-folder-missing` where it is not there and `make` does not say how to make it.
   */
  ensureVolumeFolder?(
    volume: string,
    path: string,
    make?: { readonly uid: number; readonly gid: number; readonly mode: string },
  ): Promise<void>;
}
/** A name on this machine for an image. */
export interface ImageSummary {
  readonly repository: string;
  /** Absent where only a digest names it. */
  readonly tag?: string;
  /** In full, as the store knows it. */
  readonly reference: string;
  readonly digest: string;
  /** Bytes of its files. */
  readonly size: number;
  /** When it was built, pulled or pushed: milliseconds since the epoch, 0 where nobody noted it. */
  readonly createdAt: number;
  readonly standIn?: string;
}
export interface PruneResult {
  /** Names that were removed. */
  readonly references: readonly string[];
  readonly layers: number;
  readonly blobs: number;
  readonly bytes: number;
  /** What was left for somebody else's sake. */
  readonly notes: readonly string[];
}
export interface ResolveOptions {
  /** `missing` (default): a registry is asked only for what this machine does not have. */
  readonly pull?: 'missing' | 'always' | 'never';
  /** Bytes that come and layers that are unpacked, for bars; the lines of `onProgress` tell the rest. */
  readonly onTransfer?: (progress: PullProgress) => void;
}
/** One layer of an image on its way. */
export interface PullProgress {
  readonly reference: string;
  /** Digest of the layer. */
  readonly layer: string;
  readonly state: 'waiting' | 'downloading' | 'unpacking' | 'done' | 'present';
  readonly bytes: number;
  readonly total: number;
}
/** What the local registry keeps. Names are those behind the registry's host: `jobs/api`. */
export interface LocalRepositories {
  /** Repositories that hold an image. */
  names(): Promise<readonly string[]>;
  repository(name: string): LocalRepository;
}
export interface LocalRepository extends ImageSource, ImageSink {
  list(): Promise<readonly LocalImage[]>;
  /** A tag goes alone; a digest goes with all its tags. False where there is none. What nothing names any more is freed by pruning. */
  remove(reference: string): Promise<boolean>;
}
export interface LocalImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly tags: readonly string[];
  /** Of the layers as they travel. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly pushedAt: number;
}
export interface Image {
  readonly digest: string;
  /** Directories, top layer first. */
  readonly layers: readonly string[];
  readonly config: ImageConfig;
  /** Set where a stand-in serves: `redis-server 7.0.15 from Debian packages`. */
  readonly standIn?: string;
}
/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly exposedPorts: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' }[];
  readonly stopSignal?: string;
  readonly healthCheck?: {
    readonly test: readonly string[];
    readonly intervalSeconds?: number;
    readonly timeoutSeconds?: number;
    readonly retries?: number;
    readonly startPeriodSeconds?: number;
  };
  readonly volumes: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Instructions for the builds that start from this image, and the shell of their RUN. */
  readonly onBuild?: readonly string[];
  readonly shell?: readonly string[];
}
export interface BuildRequest {
  /** Repository name in the local ECR: `jobs/api`. */
  readonly repository: string;
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  /** `dockerfile_inline`: stands for the file. */
  readonly inline?: string;
  /** What `RUN --mount=type=secret` may see, by id. */
  readonly secrets?: Readonly<Record<string, BuildSecret>>;
  /** `additional_contexts`: name → absolute folder or `docker-image://REFERENCE`. */
  readonly contexts?: Readonly<Record<string, string>>;
  readonly builder?: BuilderName;
  readonly noCache?: boolean;
  /** Asks for the base images again. */
  readonly pull?: boolean;
}
export interface BuiltImage {
  readonly digest: string;
  readonly reference: string;
  readonly cached: boolean;
  /** What it is made from that is not what its name says: no such image belongs on AWS. */
  readonly standIns?: readonly StandInBelow[];
}
/** A stand-in that an image is made from, and the image that it stands in for. */
export interface StandInBelow {
  readonly reference: string;
  readonly standIn: string;
}
export type BuildSecret = { readonly file: string } | { readonly content: string };
export const BUILDERS = ['own', 'docker', 'podman', 'buildah'] as const;
export type BuilderName = (typeof BUILDERS)[number];

/** What a line of a build's progress tells. */
export type BuildEvent =
  | { readonly kind: 'began' | 'cached' | 'done' | 'failed'; readonly step: string }
  | { readonly kind: 'output'; readonly step: string };
export interface ContainerSpec {
  /** Unique in the region; names the container's folders. */
  readonly id: string;
  /** Network namespace of the task. */
  readonly network: string;
  readonly image: Image;
  /** Entry point and command as they are to run, already merged with the image's. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly hostname: string;
  /** Written to /etc/resolv.conf and /etc/hosts. */
  readonly nameServers: readonly string[];
  readonly searchDomains: readonly string[];
  /** Name → address. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly readonlyRoot: boolean;
  /** A small init is PID 1: it passes signals on to the program and reaps what that leaves behind. */
  readonly init?: boolean;
  /** Beyond and of those that a container has, without `CAP_`: `SYS_PTRACE`, `NET_RAW`, `ALL`. */
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  /** How many files it may have open; absent: 65535. */
  readonly openFiles?: { readonly soft: number; readonly hard: number };
  /** Namespaced kernel parameters: `net.core.somaxconn` → `1024`. */
  readonly kernelParameters?: Readonly<Record<string, string>>;
  /** `open`: standard input never ends, instead of being empty; `terminal`: all three are one. */
  readonly input?: 'empty' | 'open' | 'terminal';
  /** Absent: as much as the machine has. */
  readonly memory?: MemoryLimits;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}
/** What is beyond a limit is killed. */
export interface MemoryLimits {
  /** Of this container; absent: only the group's. */
  readonly bytes?: number;
  /** Of all containers that name it: a task's. */
  readonly group: { readonly name: string; readonly bytes: number };
}
export interface Mount {
  readonly kind: 'bind' | 'volume' | 'tmpfs';
  /** A path of the host for `bind`, a volume's name (`PROJECT_NAME`) for `volume`. */
  readonly source?: string;
  readonly target: string;
  readonly readonly: boolean;
  /** Of a volume: the folder of it that is mounted (`/data`); it must be there. */
  readonly subpath?: string;
  /** What a volume holds when it is made; absent: what the container's own image has at `target`. */
  readonly initially?: 'empty' | { readonly image: Image; readonly path: string };
  /** Of a tmpfs. */
  readonly mebibytes?: number;
  /** Of a tmpfs: mount options beside its own, which they may replace (`mode=755`, `exec`). */
  readonly options?: readonly string[];
}
export interface Container {
  readonly id: string;
  readonly exited: Promise<{
    readonly code: number;
    readonly signal?: string;
    /** One of its processes was killed because it held more memory than it may. */
    readonly outOfMemory?: boolean;
  }>;
  /** The program itself, not the launcher around it. */
  signal(signal: string): Promise<boolean>;
  /** Runs another program in the container; the environment is the container's own. */
  exec(
    argv: readonly string[],
    options?: {
      readonly environment?: Readonly<Record<string, string>>;
      readonly user?: string;
      readonly tty?: boolean;
    },
  ): import('../network/netd-client.ts').InsideProcess;
  /**
   * Puts a file or folder of the host into the running container, as its user; what is not there any more is removed. Rejects with
   * what the container said where it may not write there.
   */
  put?(source: string, target: string): Promise<void>;
  /** What its processes have used so far and hold now; undefined where it has ended. */
  usage?(): Promise<ContainerUsage | undefined>;
  /** Removes what the container wrote; its volumes stay. */
  remove(): Promise<void>;
}
export interface ContainerUsage {
  /** Milliseconds of real time at which it was read, whatever the region's clock says; absent: the region's. */
  readonly at?: number;
  /** CPU time of all its processes since it was started, also of those that have ended as far as that can be told. */
  readonly cpuMilliseconds: number;
  /** Resident without pages of files, which the kernel can take back; shared pages counted once where the kernel tells. */
  readonly memoryBytes: number;
}
