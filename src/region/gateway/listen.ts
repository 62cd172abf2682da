import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Gateway } from './gateway.ts';
import { refusal } from './guard.ts';
import { peerUid } from './peer.ts';

export interface LocalEndpoint {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** How far to look for a free port. */
const PORTS_TO_TRY = 100;

/**
 * The endpoint for other tools: TCP on 127.0.0.1, at `port` or the next free one. Any user of the machine can connect to a
 * loopback port, so the peer's user is looked up, once a connection: only `allowUid` and root are served.
 */
export async function listenLocal({
  gateway,
  port = 4566,
  exactly = false,
  allowUid,
}: {
  readonly gateway: Gateway;
  /** 0: any. */
  readonly port?: number;
  /** This port or none. */
  readonly exactly?: boolean;
  readonly allowUid: number;
}): Promise<LocalEndpoint> {
  const peers = new WeakMap<Socket, Promise<boolean>>();
  const server = guarded(gateway, (socket) => {
    const known = peers.get(socket);
    if (known) return known;
    const allowed = peerUid(socket).then((uid) => uid === allowUid || uid === 0);
    peers.set(socket, allowed);
    return allowed;
  });
  const bound = await bind(server, port, exactly ? 0 : PORTS_TO_TRY);
  return { url: `http://127.0.0.1:${bound}`, port: bound, close: () => close(server) };
}

/** The same gateway at a Unix socket that only its owner can open; connections that upgrade are handed to `onUpgrade`. */
export async function listenSocket(
  path: string,
  gateway: Gateway,
  onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<{ close(): Promise<void> }> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  rmSync(path, { force: true });
  const server = guarded(gateway, () => Promise.resolve(true));
  if (onUpgrade) server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
  return {
    async close() {
      await close(server);
      rmSync(path, { force: true });
    },
  };
}

function guarded(gateway: Gateway, isAllowed: (socket: Socket) => Promise<boolean>): Server {
  // Uploads of images and large objects take as long as they take.
  return createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 }, (request, response) => {
    const refuse = (reason: string) => {
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
      response.end(`${reason}\n`);
    };
    const reason = refusal(request.headers);
    if (reason) {
      refuse(reason);
      return;
    }
    isAllowed(request.socket).then(
      (allowed) =>
        allowed
          ? gateway(request, response)
          : refuse('this endpoint belongs to another user of this machine'),
      () => refuse('the user at the other end of this connection could not be told'),
    );
  });
}

async function bind(server: Server, first: number, more: number): Promise<number> {
  const last = first === 0 ? 0 : Math.min(first + more, 65_535);
  for (let port = first; ; port++) {
    try {
      return await tryBind(server, port);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port >= last) throw error;
    }
  }
}

function tryBind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
