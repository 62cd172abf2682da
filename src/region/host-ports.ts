import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { HostPorts, HostSockets } from './region.ts';
import type { Store } from './store/store.ts';

/** Where listeners go whose own port is taken or not allowed. */
const FIRST_SUBSTITUTE = 8000;
const LAST_SUBSTITUTE = 8999;

type Transport = 'tcp' | 'udp';
interface Choice {
  readonly listenerPort: number;
  readonly hostPort: number;
}

/** Host ports for load balancer listeners and forwards, on loopback; a choice outlives the process that made it. */
export function createHostPorts(store: Store): HostPorts {
  const choices = store.table<Choice>('host/ports');
  const mapping = new Map<string, number>();
  const transportsOf = new Map<string, readonly Transport[]>();
  const queue: { last: Promise<unknown> } = { last: Promise.resolve() };

  const isTaken = (key: string, port: number, transports: readonly Transport[]) =>
    [...mapping].some(
      ([other, held]) =>
        other !== key &&
        held === port &&
        transportsOf.get(other)?.some((transport) => transports.includes(transport)),
    );

  async function open(key: string, port: number, transports: readonly Transport[]): Promise<HostSockets> {
    const earlier = choices.get(key);
    for (const candidate of candidates(port, earlier?.listenerPort === port ? earlier.hostPort : undefined)) {
      if (isTaken(key, candidate, transports)) continue;
      const sockets = await listenAll(candidate, transports);
      if (!sockets) continue;
      choices.put(key, { listenerPort: port, hostPort: candidate });
      mapping.set(key, candidate);
      transportsOf.set(key, transports);
      return sockets;
    }
    throw new Error(`no free port on the host between ${FIRST_SUBSTITUTE} and ${LAST_SUBSTITUTE}`);
  }
  function claimSockets(key: string, port: number, transports: readonly Transport[]): Promise<HostSockets> {
    const claimed = queue.last.then(() => open(key, port, transports));
    queue.last = claimed.catch(() => undefined);
    return claimed;
  }

  return {
    mapping,
    claimSockets,
    async claim(key, port) {
      const { server, port: hostPort } = await claimSockets(key, port, ['tcp']);
      if (!server) throw new Error(`no socket on port ${hostPort}`);
      return { port: hostPort, server };
    },
    release(key) {
      mapping.delete(key);
      transportsOf.delete(key);
      choices.delete(key);
    },
  };
}

function* candidates(port: number, earlier: number | undefined): Generator<number> {
  if (earlier !== undefined) yield earlier;
  yield port;
  for (let substitute = FIRST_SUBSTITUTE; substitute <= LAST_SUBSTITUTE; substitute++) yield substitute;
}

/** All the sockets wanted on one port, or none. */
async function listenAll(port: number, transports: readonly Transport[]): Promise<HostSockets | undefined> {
  const server = transports.includes('tcp') ? await listen(port) : undefined;
  if (transports.includes('tcp') && !server) return undefined;
  const datagrams = transports.includes('udp') ? await listenDatagrams(port) : undefined;
  if (transports.includes('udp') && !datagrams) {
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    return undefined;
  }
  return { port, ...(server ? { server } : {}), ...(datagrams ? { datagrams } : {}) };
}

const isTakenOrForbidden = ({ code }: NodeJS.ErrnoException) => code === 'EADDRINUSE' || code === 'EACCES';

/** A listening server on 127.0.0.1, or undefined where the port is taken or not allowed. */
export function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Paused: the load balancer accepts, in its own process.
    const server = createServer({ pauseOnConnect: true });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (isTakenOrForbidden(error)) resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => resolve(server));
  });
}

/** A UDP socket on 127.0.0.1, or undefined where the port is taken or not allowed. */
function listenDatagrams(port: number): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const fail = (error: NodeJS.ErrnoException) => {
      socket.close();
      if (isTakenOrForbidden(error)) resolve(undefined);
      else reject(error);
    };
    socket.once('error', fail);
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
