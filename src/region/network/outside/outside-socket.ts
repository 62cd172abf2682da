import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskMetadataAddress } from '../compiler/addresses.ts';
import { joinSockets } from '../router/join-sockets.ts';
import type { OutsideRequest } from '../router/protocol.ts';
import { dialTarget } from './dial-target.ts';

/** The host's side of the way out: a socket that the routers of the VPCs reach through the file system, and no task does. */
export interface OutsideSocket {
  readonly path: string;
  readonly token: string;
  close(): void;
}
export interface OutsideOptions {
  readonly stateDirectory: string;
  /** Outside address → address of the host's, for tests and development. */
  readonly outside: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
  /** Takes connections to the metadata endpoint of tasks, with the address of who asks. */
  readonly metadata?: (socket: Socket, from: string) => void;
}

const dialMilliseconds = 10_000;
const longestRequest = 512;

export async function openOutsideSocket({
  stateDirectory,
  outside,
  log,
  metadata,
}: OutsideOptions): Promise<OutsideSocket> {
  const token = randomBytes(16).toString('hex');
  const { folder, path } = place(stateDirectory);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (router) => {
    sockets.add(router);
    router.on('error', () => {});
    router.once('close', () => sockets.delete(router));
    let head = '';
    const read = () => {
      for (
        let byte = router.read(1) as Buffer | null;
        byte !== null;
        byte = router.read(1) as Buffer | null
      ) {
        if (byte[0] !== 10) {
          head += String.fromCharCode(byte[0] ?? 0);
          if (head.length > longestRequest) return void router.destroy();
          continue;
        }
        router.off('readable', read);
        return dial(router, head);
      }
    };
    router.on('readable', read);
  });

  function dial(router: Socket, head: string): void {
    const request = parse(head);
    if (!request || request.token !== token) return void router.destroy();
    if (request.address === taskMetadataAddress) {
      if (!metadata || request.from === undefined) return void router.destroy();
      router.write('+');
      return metadata(router, request.from);
    }
    const target = dialTarget(request.address, outside);
    if (typeof target !== 'string') {
      log(`not dialled: ${request.address}:${request.port}: ${target.refused}`);
      return void router.destroy();
    }
    const far = connect({
      host: target,
      port: request.port,
      family: 4,
      allowHalfOpen: true,
      noDelay: true,
    });
    const giveUp = () => {
      far.destroy();
      router.destroy();
    };
    far.setTimeout(dialMilliseconds, giveUp);
    far.on('error', () => {});
    far.once('close', giveUp);
    router.once('close', giveUp);
    far.once('connect', () => {
      far.setTimeout(0);
      far.off('timeout', giveUp);
      far.off('close', giveUp);
      router.off('close', giveUp);
      router.write('+');
      joinSockets(far, router);
    });
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    token,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In the state folder, unless netd cannot see it there or the name is too long for a socket. */
function place(stateDirectory: string): { readonly folder?: string; readonly path: string } {
  const path = join(stateDirectory, 'outside.sock');
  if (path.length < 100 && !/^\/(?:var\/)?run\//.test(path)) {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    return { path };
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairway-'));
  return { folder, path: join(folder, 'outside.sock') };
}

function parse(head: string): OutsideRequest | undefined {
  try {
    const { token, address, port, from } = JSON.parse(head) as OutsideRequest;
    return typeof token === 'string' && typeof address === 'string' && Number.isInteger(port)
      ? { token, address, port, ...(typeof from === 'string' ? { from } : {}) }
      : undefined;
  } catch {
    return undefined;
  }
}
