import type { InsideProcess } from './netd-client.ts';
import type { Report, Request } from './netd/protocol.ts';

type Handle = Parameters<InsideProcess['send']>[1];
type ProcessReport = Extract<Report, { readonly id: number }>;

export interface Inside {
  readonly process: InsideProcess;
  report(report: ProcessReport): void;
}

/** The region's side of one process inside: what netd reports about it becomes promises and listeners. */
export function insideProcess(
  id: number,
  send: (request: Request, handle?: Handle) => void,
  signal: InsideProcess['signal'],
): Inside {
  const started = deferred<number>();
  const exited = deferred<{ code: number | null; signal: string | null }>();
  const listeners = {
    stdout: [] as ((chunk: Buffer) => void)[],
    stderr: [] as ((chunk: Buffer) => void)[],
    message: [] as ((message: unknown) => void)[],
  };
  // Whoever does not look at `started` learns of a failure by `exited`.
  started.promise.catch(() => {});
  return {
    process: {
      started: started.promise,
      exited: exited.promise,
      onStdout: (listener) => void listeners.stdout.push(listener),
      onStderr: (listener) => void listeners.stderr.push(listener),
      onMessage: (listener) => void listeners.message.push(listener),
      send: (message, handle) => send({ type: 'message', id, message }, handle),
      write: (chunk) => send({ type: 'write', id, chunk }),
      end: () => send({ type: 'end', id }),
      signal: (name, depth = 0) => signal(name, depth),
    },
    report(report) {
      switch (report.type) {
        case 'started':
          return started.resolve(report.pid);
        case 'failed':
          started.reject(new Error(report.message));
          return exited.resolve({ code: null, signal: null });
        case 'exited':
          return exited.resolve({ code: report.code, signal: report.signal });
        case 'message':
          for (const listener of listeners.message) listener(report.message);
          return;
        case 'output': {
          const { buffer, byteOffset, byteLength } = report.chunk;
          const chunk = Buffer.from(buffer, byteOffset, byteLength);
          for (const listener of listeners[report.stream]) listener(chunk);
          return send({ type: 'taken', id, bytes: byteLength });
        }
      }
    },
  };
}

function deferred<T>(): {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
