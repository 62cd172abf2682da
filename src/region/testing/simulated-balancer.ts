import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock } from '../../common/clock.ts';
import { createBalancer } from '../balancer/balancer.ts';
import type { FromBalancer, HealthReport, ToBalancer } from '../balancer/protocol.ts';
import type { InsideProcess } from '../network/netd-client.ts';

/** The program of an application load balancer in this process: its health checks are real, the targets' answers are not. */
export function simulatedBalancer(
  clock: Clock,
  /** Status that a target answers with; undefined: the connection is refused. */
  answer: (address: string) => number | undefined,
): InsideProcess {
  let say: (message: FromBalancer) => void = () => {};
  let end!: (how: { code: number | null; signal: string | null }) => void;
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => (end = resolve));
  const balancer = createBalancer({
    clock,
    dial: ({ address }) => simulatedSocket(answer(address)),
    onHealth: (report: HealthReport) => say({ kind: 'health', reports: [report] }),
  });
  return {
    started: Promise.resolve(1),
    exited,
    onStdout: () => {},
    onStderr: () => {},
    onMessage: (listener) => void (say = listener),
    send(message) {
      const told = message as ToBalancer;
      if (told.kind !== 'config') return;
      if ('type' in told.config) throw new Error('no network load balancer in a simulated region');
      const { config } = told;
      balancer.apply(config);
      queueMicrotask(() => say({ kind: 'applied', revision: config.revision, failures: [] }));
    },
    write: () => {},
    end: () => {},
    async signal() {
      balancer.close();
      end({ code: null, signal: 'SIGKILL' });
      return true;
    },
  };
}

/** One connection for one health check. */
function simulatedSocket(status: number | undefined): Socket {
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
      if (status !== undefined)
        socket.push(`HTTP/1.1 ${status} Simulated\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    },
  });
  socket.on('error', () => {});
  if (status === undefined) queueMicrotask(() => socket.destroy(new Error('connect ECONNREFUSED')));
  return socket as unknown as Socket;
}
