import { createServer, type Server, type Socket } from 'node:net';
import type { BalancerConfig } from './protocol.ts';

export interface VpcListeners {
  /** Listens on every node's address for every listener; resolves with what could not be done. */
  apply(config: BalancerConfig): Promise<{ readonly listenerArn: string; readonly message: string }[]>;
}

/** The sockets inside the VPC. What reaches them has passed the packet filter. */
export function createVpcListeners(
  onConnection: (listenerArn: string, port: number, socket: Socket) => void,
): VpcListeners {
  const servers = new Map<string, Server>();
  return {
    async apply({ listeners, nodes }) {
      const wanted = new Map<string, { arn: string; port: number; address: string }>(
        listeners.flatMap(({ arn, port }) =>
          nodes.map(({ address }) => [`${arn} ${address} ${port}`, { arn, port, address }] as const),
        ),
      );
      for (const [key, server] of servers) {
        if (wanted.has(key)) continue;
        servers.delete(key);
        await new Promise<void>((resolve) => {
          server.close();
          setImmediate(resolve);
        });
      }
      const failures: { listenerArn: string; message: string }[] = [];
      for (const [key, { arn, port, address }] of wanted) {
        if (servers.has(key)) continue;
        const server = createServer((socket) => onConnection(arn, port, socket));
        const failure = await listen(server, port, address);
        if (failure === undefined) servers.set(key, server);
        else failures.push({ listenerArn: arn, message: failure });
      }
      return failures;
    },
  };
}

function listen(server: Server, port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    server.listen(port, address, 4096, () => resolve(undefined));
  });
}
