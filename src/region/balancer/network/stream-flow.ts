import type { Socket } from 'node:net';
import { joinSockets } from '../../network/router/join-sockets.ts';
import type { Target } from '../targets/target.ts';
import type { Flow } from './flow.ts';
import type { NetworkGroup } from './network-group.ts';
import type { NetworkListener } from './network-listener.ts';
import { proxyHeader } from './proxy-header.ts';

interface StreamFlowOptions {
  readonly listener: NetworkListener;
  readonly group: NetworkGroup;
  readonly target: Target;
  readonly client: Socket;
  /** A connection to the target that is being made. */
  readonly far: Socket;
  readonly tick: number;
  readonly onClosed: (flow: Flow) => void;
}

/** A TCP connection of a client and the one to its target: what one side says, ends included, reaches the other. */
export function streamFlow({
  listener,
  group,
  target,
  client,
  far,
  tick,
  onClosed,
}: StreamFlowOptions): Flow {
  let phase: 'connecting' | 'open' | 'forgotten' = 'connecting';
  let left = 2;
  let carried = 0;
  let active = tick;
  const flow: Flow = { listener, group, target, transport: 'tcp', sweep, end };

  for (const socket of [client, far]) {
    socket.allowHalfOpen = true;
    socket.on('error', () => {});
    socket.once('close', () => {
      // The client was answered before the target could be: what AWS refuses at once ends here a moment later.
      if (phase === 'connecting') end();
      if (--left === 0) onClosed(flow);
    });
  }
  client.setNoDelay(true);
  far.once('connect', () => {
    phase = 'open';
    if (group.config.proxyProtocol)
      far.write(
        proxyHeader(
          { address: client.remoteAddress ?? '', port: client.remotePort ?? 0 },
          { address: client.localAddress ?? '', port: client.localPort ?? 0 },
        ),
      );
    joinSockets(client, far);
  });

  /**
   * A flow that was quiet for too long is forgotten without a word; who sends on it afterwards gets a reset.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (connection idle timeout)
   */
  function sweep(now: number): void {
    if (phase !== 'open') return;
    const bytes = client.bytesRead + far.bytesRead;
    if (bytes !== carried) {
      carried = bytes;
      active = now;
    } else if (now - active >= listener.config.idleTimeoutSeconds * 1000) {
      phase = 'forgotten';
      for (const socket of [client, far]) {
        socket.unpipe();
        socket.once('data', () => socket.resetAndDestroy());
        socket.once('end', () => socket.resetAndDestroy());
        socket.resume();
      }
    }
  }
  function end(): void {
    far.resetAndDestroy();
    client.resetAndDestroy();
  }
  return flow;
}
