import { createServer, type Server, type Socket } from 'node:net';
import { carry } from './carry.ts';
import { openOriginals, type Originals } from './originals.ts';
import type { EgressSettings } from './protocol.ts';

export interface Egress {
  configure(settings: EgressSettings): Promise<void>;
}

/** Takes the connections that the filter turned to the router, and hands each to the region with its true destination. */
export function startEgress(log: (message: string) => void): Egress {
  let server: Server | undefined;
  return {
    async configure(settings) {
      if (server) return;
      const originals = openOriginals(settings.nft, log);
      const listening = createServer(
        { allowHalfOpen: true, pauseOnConnect: true, noDelay: true },
        (inside) => {
          inside.on('error', () => {});
          handOver(inside, originals, settings).catch(() => inside.resetAndDestroy());
        },
      );
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen({ host: settings.address, port: settings.port, backlog: 1024 }, resolve);
      });
      server = listening;
    },
  };
}

async function handOver(inside: Socket, originals: Originals, settings: EgressSettings): Promise<void> {
  const destination = await originals.take(inside.remoteAddress ?? '', inside.remotePort ?? 0);
  if (!destination) return void inside.resetAndDestroy();
  carry(inside, settings, destination);
}
