import type { Socket } from 'node:net';
import type { Netd } from '../network/netd-client.ts';
import type { FromForwarder, ToForwarder } from './protocol.ts';

export interface ForwarderOptions {
  readonly netd: Pick<Netd, 'spawn'>;
  readonly argv: readonly string[];
  readonly network: string;
  readonly log: (message: string) => void;
  readonly onDatagram: (flow: number, message: Uint8Array) => void;
  readonly onEnded: () => void;
}
/** The program in one task's network namespace, as the region sees it. */
export interface Forwarder {
  connection(socket: Socket, port: number): void;
  datagram(flow: number, port: number, message: Uint8Array): void;
  end(): void;
}

export function startForwarder({
  netd,
  argv,
  network,
  log,
  onDatagram,
  onEnded,
}: ForwarderOptions): Forwarder {
  const program = netd.spawn(argv, { network, ipc: true });
  let sent = 0;
  const send = (message: ToForwarder, socket?: Socket) => {
    sent++;
    program.send(message, socket);
  };
  program.onStderr((chunk) => log(`forward: ${String(chunk).trimEnd()}`));
  program.started.catch((error: unknown) => log(`forward: ${String(error)}`));
  program.onMessage((raw) => {
    const message = raw as FromForwarder;
    if (message.kind === 'datagram') onDatagram(message.flow, message.message);
    // What is on its way to it keeps it alive.
    else if (message.taken === sent) end();
  });
  const end = () => {
    onEnded();
    void program.signal('SIGKILL');
  };
  void program.exited.then(onEnded);
  return {
    connection: (socket, port) => send({ kind: 'connection', port }, socket),
    datagram: (flow, port, message) => send({ kind: 'datagram', flow, port, message }),
    end,
  };
}
