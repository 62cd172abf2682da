import type { Question } from 'dns-packet';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { ForwardedAnswer } from '../network/router/protocol.ts';
import { respond } from './respond.ts';
import type { PrivateZone } from './zone.ts';

export interface Resolver {
  configure(settings: {
    readonly resolvers: readonly string[];
    readonly zones: readonly PrivateZone[];
  }): Promise<void>;
}

const port = 53;
const idleMilliseconds = 10_000;

/** The resolver of a VPC, over UDP and TCP, on the addresses it is given. */
export function startResolver(
  forward: (question: Question) => Promise<ForwardedAnswer>,
  listenPort = port,
): Resolver {
  const open = new Map<string, { readonly udp: UdpSocket; readonly tcp: Server }>();
  let zones: readonly PrivateZone[] = [];
  const answer = (query: Buffer, transport: 'udp' | 'tcp') =>
    respond(query, transport, { zones, forward, random: Math.random });

  async function openAt(address: string): Promise<void> {
    const udp = createSocket('udp4');
    udp.on('message', (query, { address: to, port: at }) => {
      void answer(query, 'udp').then((reply) => {
        if (reply && open.get(address)?.udp === udp) udp.send(reply, at, to, () => {});
      });
    });
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(listenPort, address, () => {
        udp.off('error', reject);
        resolve();
      });
    });
    udp.on('error', () => {});
    const tcp = createServer((socket) => serveStream(socket, (query) => answer(query, 'tcp')));
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(listenPort, address, () => resolve());
    });
    open.set(address, { udp, tcp });
  }
  return {
    async configure(settings) {
      zones = settings.zones;
      for (const [address, { udp, tcp }] of open) {
        if (settings.resolvers.includes(address)) continue;
        udp.close();
        tcp.close();
        open.delete(address);
      }
      await Promise.all(settings.resolvers.filter((address) => !open.has(address)).map(openAt));
    },
  };
}

/** DNS over TCP: each message after its length. https://www.rfc-editor.org/rfc/rfc7766 */
function serveStream(socket: Socket, answer: (query: Buffer) => Promise<Buffer | undefined>): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(idleMilliseconds, () => socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const query = pending.subarray(2, 2 + pending.readUInt16BE(0));
      pending = pending.subarray(2 + query.length);
      void answer(query).then((reply) => {
        if (!reply || !socket.writable) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      });
    }
  });
}
