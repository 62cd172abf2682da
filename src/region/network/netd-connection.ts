import type { ChildProcess } from 'node:child_process';
import type { InsideProcess, Netd } from './netd-client.ts';
import type { Report, Request } from './netd/protocol.ts';
import { insideProcess, type Inside } from './inside-process.ts';
import { runToEnd } from './run-to-end.ts';

/** Netd as the region calls it, over the IPC channel of its launcher. */
export function connectNetd(child: ChildProcess, ids: 'range' | 'single'): Netd {
  const processes = new Map<number, Inside>();
  const signals = new Map<number, (delivered: boolean) => void>();
  let sequence = 0;
  let alive = true;

  const send = (request: Request, handle?: Parameters<InsideProcess['send']>[1]): void => {
    const close = () => {
      if (handle && 'close' in handle) handle.close();
    };
    if (!alive || !child.connected) return close();
    child.send(request, handle, close);
  };

  child.on('message', (message) => {
    const report = message as Report;
    switch (report.type) {
      case 'ready':
        return;
      case 'signalled':
        signals.get(report.call)?.(report.delivered);
        signals.delete(report.call);
        return;
      case 'exited':
      case 'failed': {
        const process = processes.get(report.id);
        processes.delete(report.id);
        return process?.report(report);
      }
      default:
        return processes.get(report.id)?.report(report);
    }
  });

  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      alive = false;
      for (const [id, process] of processes) {
        process.report({ type: 'exited', id, code: null, signal: 'SIGKILL' });
        process.report({ type: 'failed', id, message: 'netd has ended' });
      }
      processes.clear();
      for (const resolveSignal of signals.values()) resolveSignal(false);
      signals.clear();
      resolve();
    });
  });

  const netd: Netd = {
    ids,
    pid: child.pid,
    ended,
    spawn(argv, { env = {}, network, ipc = false, cwd } = {}) {
      const id = sequence++;
      const inside = insideProcess(id, send, (signal, depth = 0) => {
        const call = sequence++;
        if (!alive) return Promise.resolve(false);
        return new Promise((resolve) => {
          signals.set(call, resolve);
          send({ type: 'signal', id, call, signal, depth });
        });
      });
      processes.set(id, inside);
      if (alive)
        send({
          type: 'spawn',
          id,
          argv,
          env,
          ipc,
          ...(network === undefined ? {} : { network }),
          ...(cwd === undefined ? {} : { cwd }),
        });
      else inside.report({ type: 'failed', id, message: 'netd has ended' });
      return inside.process;
    },
    run: (argv, options) => runToEnd(netd, argv, options),
    async close() {
      if (!alive) return;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
      await ended;
      clearTimeout(timer);
    },
  };
  return netd;
}
