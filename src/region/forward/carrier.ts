import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, Socket } from 'node:net';
import { joinSockets } from '../network/router/join-sockets.ts';
import type { FromForwarder, ToForwarder } from './protocol.ts';

/** As for datagrams through a load balancer. */
const datagramIdleMilliseconds = 120_000;

export interface CarrierOptions {
  /** The task's own address: what arises in its namespace reaches it without passing any group, as with a port-forwarding session. */
  readonly address: string;
  readonly idleMilliseconds: number;
  readonly send: (message: FromForwarder) => void;
}

/** Carries what the host's clients say to ports of the task, from within its network namespace. */
export function createCarrier({ address, idleMilliseconds, send }: CarrierOptions): {
  take(message: ToForwarder, handle: unknown): void;
} {
  const flows = new Map<number, { readonly socket: DatagramSocket; timer: NodeJS.Timeout }>();
  let underway = 0;
  let taken = 0;
  let idle = setTimeout(tellIdle, idleMilliseconds);

  function tellIdle(): void {
    if (underway === 0) send({ kind: 'idle', taken });
    idle = setTimeout(tellIdle, idleMilliseconds);
  }
  function begin(): void {
    underway++;
    clearTimeout(idle);
  }
  function end(): void {
    underway--;
    clearTimeout(idle);
    idle = setTimeout(tellIdle, idleMilliseconds);
  }

  function stream(client: Socket, port: number): void {
    begin();
    client.allowHalfOpen = true;
    client.on('error', () => {});
    client.once('close', end);
    const far = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    far.on('error', () => {});
    const refuse = () => void client.resetAndDestroy();
    far.once('close', refuse);
    far.once('connect', () => {
      far.off('close', refuse);
      joinSockets(client, far);
    });
  }

  function datagram(flow: number, port: number, message: Uint8Array): void {
    let known = flows.get(flow);
    if (!known) {
      begin();
      const socket = createSocket('udp4');
      known = { socket, timer: setTimeout(forget, datagramIdleMilliseconds) };
      flows.set(flow, known);
      socket.on('error', () => {});
      socket.on('message', (answer, peer) => {
        if (peer.port === port) send({ kind: 'datagram', flow, message: answer });
      });
    }
    const { socket } = known;
    clearTimeout(known.timer);
    known.timer = setTimeout(forget, datagramIdleMilliseconds);
    socket.send(message, port, address);
    function forget(): void {
      flows.get(flow)?.socket.close();
      flows.delete(flow);
      end();
    }
  }

  return {
    take(message, handle) {
      taken++;
      if (message.kind === 'datagram') datagram(message.flow, message.port, message.message);
      else if (handle instanceof Socket) stream(handle, message.port);
    },
  };
}
