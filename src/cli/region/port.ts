import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listen } from '../../region/host-ports.ts';

/** A process that listens on a port of this machine. */
export interface PortHolder {
  readonly pid: number;
  /** `nginx`, `fairway's local region` */
  readonly name: string;
}

/** Whether nobody listens on a port of the loopback address. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return true;
}

/** Who listens on a TCP port; undefined where that is not to be seen, as of other users' processes: proc(5). */
export function holderOf(port: number): PortHolder | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listening(file, port)));
  if (sockets.size === 0) return undefined;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || !openSockets(pid).some((inode) => sockets.has(inode))) continue;
    return { pid, name: nameOf(pid) };
  }
  return undefined;
}

const LISTEN = '0A';

/** Inodes of the sockets that listen on a port. */
function listening(file: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(file)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', , state, , , , , , inode = '']) =>
      state === LISTEN && local.endsWith(`:${wanted}`) ? [inode] : [],
    );
}

function openSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const target = link(`/proc/${pid}/fd/${descriptor}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    });
  } catch {
    return [];
  }
}

function nameOf(pid: number): string {
  const args = read(`/proc/${pid}/cmdline`).split('\0');
  if (args.some((argument) => argument.endsWith('/region.mjs'))) return "a local region of Fairway's";
  return read(`/proc/${pid}/comm`).trim() || 'a program';
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
