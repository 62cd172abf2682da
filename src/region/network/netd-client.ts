import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';

/**
 * netd is PID 1 of the region's own user, network, mount and PID namespaces. Everything that runs inside them is a child of it
 * and ends with it; it ends when the region does.
 */
export interface Netd {
  /** Runs a program inside the region's namespaces: as child_process.spawn, a process boundary away. Never a shell. */
  spawn(argv: readonly string[], options?: SpawnOptions): InsideProcess;
  /** Resolves with the exit code and what was written; for short programs. */
  run(argv: readonly string[], options?: SpawnOptions & { readonly input?: string }): Promise<RunResult>;
  /** Ends netd and with it every process, namespace and mount of the region. */
  close(): Promise<void>;
  /** Settles when netd has ended for whatever reason. */
  readonly ended: Promise<void>;
  /**
   * User ids inside: 0 is the user who started the region, and with `range` 1 to 65535 are mapped too. With `single` no other user
   * exists: chown and setuid to anyone else fail.
   */
  readonly ids: 'range' | 'single';
  /** A process inside, by its id on this machine: `/proc/PID/root` shows the region's own mounts. Absent where nothing real runs. */
  readonly pid?: number | undefined;
}
export interface SpawnOptions {
  /** Exactly this environment; nothing is inherited. Absent: empty, so that argv[0] is a path or lies in /bin or /usr/bin. */
  readonly env?: Readonly<Record<string, string>>;
  /** Name of the network namespace to run in (`namespaceOf(description)`); absent: netd's own. */
  readonly network?: string;
  /** A Node program that speaks over an IPC channel (`process.send`). */
  readonly ipc?: boolean;
  readonly cwd?: string;
}
export interface RunResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}
/** A socket that can move to a program inside. */
export type Moved = Server | Socket | DatagramSocket;
export interface InsideProcess {
  /** The process id as netd sees it; rejects when the program could not be started. */
  readonly started: Promise<number>;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  onStdout(listener: (chunk: Buffer) => void): void;
  onStderr(listener: (chunk: Buffer) => void): void;
  onMessage(listener: (message: unknown) => void): void;
  /** IPC, with a socket that moves to the program's side: it is closed here. */
  send(message: unknown, handle?: Moved): void;
  write(chunk: Buffer | string): void;
  end(): void;
  /** Signals the process, or the first child below it `depth` levels down (0: itself). Resolves false when it is gone. */
  signal(signal: string, depth?: number): Promise<boolean>;
}
