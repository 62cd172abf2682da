import { createSocket } from 'node:dgram';
import type { Target } from '../targets/target.ts';
import type { Flow } from './flow.ts';
import type { NetworkGroup } from './network-group.ts';
import type { NetworkListener } from './network-listener.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (120 seconds, fixed) */
export const datagramIdleMilliseconds = 120_000;
/** What may wait for the socket. */
const waitingLimit = 64;

interface DatagramFlowOptions {
  readonly listener: NetworkListener;
  readonly group: NetworkGroup;
  readonly target: Target;
  readonly localAddress: string | undefined;
  readonly now: () => number;
  readonly reply: (message: Uint8Array) => void;
  readonly onClosed: (flow: DatagramFlow) => void;
}
export interface DatagramFlow extends Flow {
  send(message: Uint8Array): void;
}

/** Datagrams between one client and its target, on a port of the load balancer's own. */
export function datagramFlow(options: DatagramFlowOptions): DatagramFlow {
  const { listener, group, target, localAddress, now, reply, onClosed } = options;
  const socket = createSocket('udp4');
  let waiting: Uint8Array[] | undefined = [];
  let closed = false;
  let active = now();
  const flow: DatagramFlow = {
    listener,
    group,
    target,
    transport: 'udp',
    send(message) {
      active = now();
      if (closed) return;
      if (waiting === undefined) socket.send(message);
      else if (waiting.length < waitingLimit) waiting.push(message);
    },
    sweep(tick) {
      if (tick - active >= datagramIdleMilliseconds) flow.end();
    },
    end() {
      if (closed) return;
      closed = true;
      socket.close();
      onClosed(flow);
    },
  };
  // A port that nothing listens on says so; clients of a load balancer are not told.
  socket.on('error', () => {
    if (waiting !== undefined) flow.end();
  });
  socket.on('message', (message) => {
    active = now();
    reply(message);
  });
  socket.bind({ port: 0, ...(localAddress === undefined ? {} : { address: localAddress }) }, () =>
    socket.connect(target.port, target.address, () => {
      if (closed) return;
      for (const message of waiting ?? []) socket.send(message);
      waiting = undefined;
    }),
  );
  return flow;
}
