import { connect, type Socket } from 'node:net';
import { breakOff, joinSockets } from './join-sockets.ts';
import type { EgressSettings, OutsideRequest } from './protocol.ts';

/** Hands a connection from inside to the region, which answers with one byte once it takes it. */
export function carry(
  inside: Socket,
  settings: Pick<EgressSettings, 'socket' | 'token'>,
  destination: Omit<OutsideRequest, 'token'>,
): void {
  const outside = connect({ path: settings.socket, allowHalfOpen: true });
  const request: OutsideRequest = { token: settings.token, ...destination };
  const giveUp = () => {
    outside.destroy();
    breakOff(inside);
  };
  outside.on('error', () => {});
  outside.once('close', giveUp);
  outside.once('end', giveUp);
  inside.once('close', giveUp);
  outside.write(`${JSON.stringify(request)}\n`);
  // Without that byte there is no connection.
  outside.once('readable', () => {
    if (outside.read(1) === null) return;
    outside.off('close', giveUp);
    outside.off('end', giveUp);
    inside.off('close', giveUp);
    joinSockets(inside, outside);
  });
}
