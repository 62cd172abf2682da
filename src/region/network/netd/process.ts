import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Moved } from '../netd-client.ts';
import { outputBatch } from './output.ts';
import type { Report, Request } from './protocol.ts';
import { signalBelow } from './signal.ts';

export interface InsideChild {
  write(chunk: Uint8Array | string): void;
  end(): void;
  taken(bytes: number): void;
  send(message: unknown, moved: Moved | undefined): void;
  signal(signal: string, depth: number): boolean;
}

/** A process that outlives its parent may hold the pipes open: its parent's end is told all the same. */
const lingerMilliseconds = 500;

/** Starts what was asked for; `done` is called once, after the last report about it. */
export function startProcess(
  request: Extract<Request, { type: 'spawn' }>,
  report: (message: Report) => void,
  done: () => void,
): InsideChild | undefined {
  const { id } = request;
  const argv = request.network
    ? ['/usr/bin/nsenter', `--net=/run/netns/${request.network}`, '--', ...request.argv]
    : request.argv;
  let child: ChildProcess;
  try {
    child = spawn(argv[0] ?? '', argv.slice(1), {
      env: { ...request.env },
      cwd: request.cwd ?? '/',
      stdio: request.ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
      serialization: 'advanced',
    });
  } catch (error) {
    report({ type: 'failed', id, message: String(error instanceof Error ? error.message : error) });
    done();
    return undefined;
  }
  if (child.pid !== undefined) report({ type: 'started', id, pid: child.pid });

  const output = outputBatch(
    (stream, chunk) => report({ type: 'output', id, stream, chunk }),
    (full) => {
      for (const stream of [child.stdout, child.stderr])
        if (full) stream?.pause();
        else stream?.resume();
    },
  );
  const listen = (name: 'stdout' | 'stderr', stream: Readable | null) =>
    stream?.on('data', (chunk: Buffer) => output.add(name, chunk)).on('error', () => {});
  listen('stdout', child.stdout);
  listen('stderr', child.stderr);
  child.stdin?.on('error', () => {});
  child.on('message', (message) => report({ type: 'message', id, message }));

  let over = false;
  const finish = (message: Report) => {
    if (over) return;
    over = true;
    output.flush();
    report(message);
    done();
  };
  child.on('error', (error) => {
    if (child.pid === undefined) finish({ type: 'failed', id, message: error.message });
  });
  child.on('exit', (code, signal) => {
    const exited: Report = { type: 'exited', id, code, signal };
    const timer = setTimeout(() => finish(exited), lingerMilliseconds);
    child.once('close', () => {
      clearTimeout(timer);
      finish(exited);
    });
  });
  return {
    write: (chunk) => void child.stdin?.write(chunk),
    end: () => void child.stdin?.end(),
    taken: output.taken,
    send(message, moved) {
      if (!child.connected) {
        if (moved && 'close' in moved) moved.close();
        return;
      }
      if (moved) holdStill(moved);
      child.send(message as object, moved, () => {
        if (moved && 'close' in moved) moved.close();
      });
    },
    signal: (signal, depth) =>
      child.exitCode === null && signalBelow(child.pid, signal as NodeJS.Signals, depth),
  };
}

/** A socket that arrives over IPC starts to read at once; what it read here would be lost to its new owner. */
function holdStill(moved: Moved): void {
  if (!(moved instanceof Socket)) return;
  const raw = (moved as unknown as { readonly _handle?: { readStop?: () => void } })._handle;
  raw?.readStop?.();
}
