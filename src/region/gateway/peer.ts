import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

interface Ends {
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * The user at the other end of a loopback TCP connection, from the kernel's table of sockets: the peer's own entry has our
 * port as its remote one. Undefined when there is no such entry. https://docs.kernel.org/networking/proc_net_tcp.html
 */
export async function peerUid(socket: Socket): Promise<number | undefined> {
  const { localPort, remoteAddress, remotePort } = socket;
  if (localPort === undefined || remoteAddress === undefined || remotePort === undefined) return undefined;
  const ends = { localPort, remoteAddress, remotePort };
  return (await find('/proc/net/tcp', ends)) ?? (await find('/proc/net/tcp6', ends));
}

async function find(file: string, ends: Ends): Promise<number | undefined> {
  try {
    return uidInTable(await readFile(file, 'latin1'), ends);
  } catch (error) {
    // A kernel without IPv6 has no table of it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid …`, addresses in hexadecimal, host byte order. */
export function uidInTable(
  table: string,
  { localPort, remoteAddress, remotePort }: Ends,
): number | undefined {
  const address = hexAddress(remoteAddress.replace(/^::ffff:/, ''));
  const peer = `${address}:${hexPort(remotePort)} `;
  const mapped = `0000000000000000FFFF0000${address}:${hexPort(remotePort)} `;
  const own = `:${hexPort(localPort)} `;
  for (const [, local, remote, uid] of table.matchAll(LINE))
    if ((local === peer || local === mapped) && remote?.endsWith(own)) return Number(uid);
  return undefined;
}
// Established (01) only: a socket whose owner closed it lives on for a moment and is shown with user 0, as if it were root's.
const LINE = /^ *\d+: ([0-9A-F]+:[0-9A-F]{4} )([0-9A-F]+:[0-9A-F]{4} )01 \S+ \S+ \S+ +(\d+)/gm;

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** Little-endian words, as x86 and arm64 print them. */
function hexAddress(address: string): string {
  if (address === '::1') return '00000000000000000000000001000000';
  const bytes = address.split('.').map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'));
  return bytes.reverse().join('');
}
