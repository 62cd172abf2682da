import type { Netd } from '../../../network/netd-client.ts';

/** A packet that a filter drops gets no answer, as little as on AWS; a few are sent in this time. */
const PATIENCE_MS = 4_000;

/**
 * Tries to connect from a network namespace. A refusal comes from the peer itself: packets get there and back, which is what is
 * asked for here; nothing has to listen.
 */
const program = String.raw`
const [address, port, patience] = process.argv.slice(1);
const socket = require('net').connect(Number(port), address);
const end = (code) => process.exit(code);
socket.on('connect', () => end(0));
socket.on('error', (error) => end(error.code === 'ECONNREFUSED' ? 0 : 1));
setTimeout(() => end(1), Number(patience));
`;

/** Whether TCP packets pass between a network namespace and an address, by the filters as they are. */
export async function reaches(
  netd: Pick<Netd, 'run'>,
  network: string,
  address: string,
  port: number,
): Promise<boolean> {
  const { code } = await netd.run(
    [process.execPath, '-e', program, address, String(port), String(PATIENCE_MS)],
    { network },
  );
  return code === 0;
}
