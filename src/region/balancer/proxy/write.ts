import type { Socket } from 'node:net';

/** Up to here copying head and body into one buffer is cheaper than two writes. */
const joinLimit = 16_384;

/** Writes a head and the body bytes that are at hand with it in one go. False asks the caller to wait for `drain`. */
export function writeJoined(socket: Socket, head: string, body?: Buffer, start = 0, end = 0): boolean {
  if (body === undefined || start === end) return socket.write(head, 'latin1');
  if (end - start <= joinLimit) {
    const joined = Buffer.allocUnsafe(head.length + end - start);
    joined.write(head, 0, 'latin1');
    body.copy(joined, head.length, start, end);
    return socket.write(joined);
  }
  socket.cork();
  socket.write(head, 'latin1');
  const accepted = socket.write(body.subarray(start, end));
  socket.uncork();
  return accepted;
}

export const span = (chunk: Buffer, start: number, end: number): Buffer =>
  start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
