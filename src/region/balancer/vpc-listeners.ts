import { createServer, type Server, type ServerOpts, type Socket } from 'node:net';
import type { Place } from './vpc-datagrams.ts';

export interface VpcListeners {
  /** Listens at exactly these places; resolves with what could not be done. */
  apply(places: readonly Place[]): Promise<{ readonly listenerArn: string; readonly message: string }[]>;
}

/** The TCP sockets inside the VPC. What reaches them has passed the packet filter. */
export function createVpcListeners(
  onConnection: (place: Place, socket: Socket) => void,
  options: ServerOpts = {},
): VpcListeners {
  const servers = new Map<string, Server>();
  return {
    async apply(places) {
      const wanted = new Map<string, Place>(
        places.map((place) => [`${place.listenerArn} ${place.address} ${place.port}`, place]),
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
      for (const [key, place] of wanted) {
        if (servers.has(key)) continue;
        const server = createServer(options, (socket) => onConnection(place, socket));
        const failure = await listen(server, place.port, place.address);
        if (failure === undefined) servers.set(key, server);
        else failures.push({ listenerArn: place.listenerArn, message: failure });
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
