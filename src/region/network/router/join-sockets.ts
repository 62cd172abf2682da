import type { Socket } from 'node:net';

/**
 * Carries what each socket reads to the other, ends included, until both directions are done. One that breaks off breaks the other:
 * what was cut short must not look complete. Both must allow half-open ends.
 */
export function joinSockets(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.once('close', (failed) => {
      if (failed || !from.readableEnded || !from.writableFinished) breakOff(to);
    });
  }
}

/** TCP peers see a reset; a Unix socket knows none. */
export function breakOff(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
