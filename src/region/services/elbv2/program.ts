import type { Server } from 'node:net';
import type { FromBalancer, ToBalancer } from '../../balancer/protocol.ts';
import { namespaceOf } from '../../network/namespace.ts';
import type { Region } from '../../region.ts';
import type { DesiredConfig } from './config.ts';

export interface ProgramOptions {
  readonly region: Region;
  readonly name: string;
  /** Of the load balancer's interfaces; names the network namespace. */
  readonly description: string;
  readonly argv: readonly string[];
  readonly onMessage: (message: FromBalancer) => void;
  readonly onChange: () => void;
}
export interface ServedListener {
  readonly arn: string;
  readonly port: number;
  readonly transports: readonly ('tcp' | 'udp')[];
}
/** The running program of one load balancer, and what it has been given. */
export interface Program {
  readonly alive: boolean;
  /** Whether the latest configuration is in force. */
  readonly upToDate: boolean;
  /** Sends a configuration unless it is the one sent last. */
  configure(config: DesiredConfig, withKnown: (config: DesiredConfig) => DesiredConfig): void;
  /** Claims the host's port for each listener it does not have yet, and gives back those of listeners that are gone. */
  serve(listeners: readonly ServedListener[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The socket without the server around it. A server that arrives over IPC listens at once, and what it accepts before its new owner has
 * put a listener on it is lost; a bare socket waits.
 */
function bare(server: Server): Server {
  return (server as unknown as { readonly _handle: Server })._handle;
}

export function startProgram({
  region,
  name,
  description,
  argv,
  onMessage,
  onChange,
}: ProgramOptions): Program {
  const { netd, hostPorts } = region.plane;
  const process = netd.spawn(argv, { network: namespaceOf(description), ipc: true });
  const log = (text: string) => region.log(`load balancer ${name}: ${text}`);
  const claimed = new Map<string, string>();
  let alive = true;
  let sent = '';
  let revision = 0;
  let applied = 0;
  const send = (message: ToBalancer, handle?: Parameters<typeof process.send>[1]) =>
    process.send(message, handle);

  process.started.catch((error: unknown) => log(`could not start: ${String(error)}`));
  process.onStderr((chunk) => log(String(chunk).trimEnd()));
  process.onMessage((raw) => {
    const message = raw as FromBalancer;
    if (message.kind === 'applied') {
      applied = message.revision;
      for (const { message: text } of message.failures) log(text);
      onChange();
    } else onMessage(message);
  });
  void process.exited.then(({ code, signal }) => {
    if (alive) log(`ended (${signal ?? code})`);
    alive = false;
    onChange();
  });

  return {
    get alive() {
      return alive;
    },
    get upToDate() {
      return alive && applied > 0 && applied === revision;
    },
    configure(config, withKnown) {
      const text = JSON.stringify(config);
      if (text === sent) return;
      sent = text;
      revision++;
      send({ kind: 'config', config: { ...(revision === 1 ? withKnown(config) : config), revision } });
    },
    async serve(listeners) {
      const wanted = new Map(
        listeners.map((listener) => [
          `${listener.arn} ${listener.port} ${listener.transports.join()}`,
          listener,
        ]),
      );
      for (const [arn, place] of claimed)
        if (!wanted.has(place)) {
          claimed.delete(arn);
          hostPorts.release(arn);
        }
      for (const [place, { arn: listenerArn, port, transports }] of wanted) {
        if (claimed.has(listenerArn)) continue;
        claimed.set(listenerArn, place);
        const sockets = await hostPorts.claimSockets(listenerArn, port, transports);
        const { port: hostPort, server, datagrams } = sockets;
        if (server) {
          // What is accepted here, before the socket has moved, moves after it.
          server.on('connection', (socket) => send({ kind: 'connection', listenerArn, hostPort }, socket));
          send({ kind: 'socket', listenerArn, hostPort }, bare(server));
        }
        if (datagrams) send({ kind: 'datagrams', listenerArn, hostPort }, datagrams);
      }
    },
    async stop() {
      const wasAlive = alive;
      alive = false;
      for (const arn of claimed.keys()) hostPorts.release(arn);
      claimed.clear();
      if (!wasAlive) return;
      await process.signal('SIGKILL');
      await process.exited;
    },
  };
}
