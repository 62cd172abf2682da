import { createServer, type Server } from 'node:net';
import type { HostPorts } from './region.ts';
import type { Store } from './store/store.ts';

/** Where listeners go whose own port is taken or not allowed. */
const FIRST_SUBSTITUTE = 8000;
const LAST_SUBSTITUTE = 8999;

interface Choice {
  readonly listenerPort: number;
  readonly hostPort: number;
}

/** Host ports for load balancer listeners, on loopback; a choice outlives the process that made it. */
export function createHostPorts(store: Store): HostPorts {
  const choices = store.table<Choice>('host/ports');
  const mapping = new Map<string, number>();
  const queue: { last: Promise<unknown> } = { last: Promise.resolve() };

  async function open(key: string, port: number): Promise<{ port: number; server: Server }> {
    const earlier = choices.get(key);
    const taken = new Set([...mapping].filter(([other]) => other !== key).map(([, held]) => held));
    for (const candidate of candidates(port, earlier?.listenerPort === port ? earlier.hostPort : undefined)) {
      if (taken.has(candidate)) continue;
      const server = await listen(candidate);
      if (!server) continue;
      choices.put(key, { listenerPort: port, hostPort: candidate });
      mapping.set(key, candidate);
      return { port: candidate, server };
    }
    throw new Error(`no free port on the host between ${FIRST_SUBSTITUTE} and ${LAST_SUBSTITUTE}`);
  }

  return {
    mapping,
    claim(key, port) {
      const claimed = queue.last.then(() => open(key, port));
      queue.last = claimed.catch(() => undefined);
      return claimed;
    },
    release(key) {
      mapping.delete(key);
      choices.delete(key);
    },
  };
}

function* candidates(port: number, earlier: number | undefined): Generator<number> {
  if (earlier !== undefined) yield earlier;
  yield port;
  for (let substitute = FIRST_SUBSTITUTE; substitute <= LAST_SUBSTITUTE; substitute++) yield substitute;
}

/** A listening server on 127.0.0.1, or undefined where the port is taken or not allowed. */
export function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Paused: the load balancer accepts, in its own process.
    const server = createServer({ pauseOnConnect: true });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', backlog: 1024 }, () => resolve(server));
  });
}
