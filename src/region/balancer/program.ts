import type { Socket as DatagramSocket } from 'node:dgram';
import type { Server, Socket } from 'node:net';

/** What the program of a load balancer does with what the region sends, whatever its kind. */
export interface BalancerProgram<Config> {
  /** Takes over the whole desired state; resolves with what could not be done. */
  apply(config: Config): Promise<readonly { readonly listenerArn: string; readonly message: string }[]>;
  /** Takes over a listening socket of the host; `taken` once it is served. */
  serve(listenerArn: string, hostPort: number, handle: Server, taken: () => void): void;
  serveDatagrams(listenerArn: string, socket: DatagramSocket): void;
  accept(listenerArn: string, hostPort: number, socket: Socket): void;
}
