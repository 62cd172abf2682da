import { availableParallelism } from 'node:os';
import type { Netd } from '../../../network/netd-client.ts';
import { growingFile } from './growing-file.ts';
import { packLayer, type Packed } from './pack.ts';
import {
  type FailureReason,
  type LayerJob,
  type LayerOrder,
  type LayerReport,
  reasonOf,
} from './protocol.ts';
import { unpackLayer, type Unpacked } from './unpack.ts';

export interface LayerWorker {
  /** The layer in a directory as an archive; only its digest and size where no file is named. */
  pack(directory: string, archive?: string): Promise<Packed>;
  /** Unpacks an archive into an empty directory, while it comes; when it is whole it moves to another name. */
  unpack(archive: { readonly growing: string; readonly whole: string }, directory: string): Unpacking;
}
export interface Unpacking {
  /** So many bytes of the archive can be read. */
  available(bytes: number): void;
  /** The archive is whole. */
  end(bytes: number): void;
  cancel(): void;
  readonly result: Promise<Unpacked>;
}

export class LayerFailure extends Error {
  override readonly name = 'LayerFailure';
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A process for each job, in netd's namespaces, where the owners of files can be what the image says. */
export function layerWorker(options: {
  readonly netd: Netd;
  readonly nodePath: string;
  /** Path of layers.mjs. */
  readonly program: string;
}): LayerWorker {
  const { netd, nodePath, program } = options;
  const turn = limited(Math.max(2, availableParallelism()));

  function start(job: LayerJob) {
    const child = netd.spawn([nodePath, program, JSON.stringify(job)], { ipc: true });
    let errors = '';
    let report: LayerReport | undefined;
    child.onStderr((chunk) => void (errors = `${errors}${String(chunk)}`.slice(-2000)));
    child.onMessage((message) => void (report = message as LayerReport));
    const result = child.exited.then(({ code, signal }) => {
      if (report && report.type !== 'failed') return report;
      if (report) throw new LayerFailure(report.reason, report.message);
      throw new LayerFailure('other', errors.trim() || `the program for layers ended with ${signal ?? code}`);
    });
    result.catch(() => {});
    return { child, result };
  }
  return {
    async pack(directory, archive) {
      const report = await turn(
        () => start({ kind: 'pack', directory, ...(archive === undefined ? {} : { archive }) }).result,
      );
      if (report.type !== 'packed') throw new LayerFailure('other', `unexpected answer ${report.type}`);
      return report.result;
    },
    unpack({ growing, whole }, directory) {
      let running: ReturnType<typeof start> | undefined;
      let last: LayerOrder | undefined;
      let cancelled = false;
      const send = (order: LayerOrder) => {
        last = order;
        running?.child.send(order);
      };
      const result = turn(async () => {
        if (cancelled) throw new LayerFailure('other', 'cancelled');
        running = start({
          kind: 'unpack',
          archive: growing,
          whole,
          directory,
          owners: netd.ids === 'range',
        });
        if (last) running.child.send(last);
        const report = await running.result;
        if (report.type !== 'unpacked') throw new LayerFailure('other', `unexpected answer ${report.type}`);
        return report.result;
      });
      result.catch(() => {});
      return {
        available: (bytes) => send({ type: 'available', bytes }),
        end: (bytes) => send({ type: 'end', bytes }),
        cancel() {
          cancelled = true;
          void running?.child.signal('SIGKILL').catch(() => false);
        },
        result,
      };
    },
  };
}

/** The same in this process: no owner but the one who runs it. */
export const localWorker: LayerWorker = {
  async pack(directory, archive) {
    return packLayer(directory, archive);
  },
  unpack({ growing, whole }, directory) {
    const file = growingFile(growing, whole);
    const result = unpackLayer(file.content(), directory, { owners: false }).catch((error: Error) => {
      throw new LayerFailure(reasonOf(error), error.message);
    });
    result.catch(() => {});
    return {
      available: (bytes) => file.take({ type: 'available', bytes }),
      end: (bytes) => file.take({ type: 'end', bytes }),
      cancel: file.cancel,
      result,
    };
  },
};

/** Runs so many at once; the others wait their turn. */
export function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
