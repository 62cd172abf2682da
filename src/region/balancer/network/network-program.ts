import type { Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import type { BalancerProgram } from '../program.ts';
import { createVpcDatagrams } from '../vpc-datagrams.ts';
import { createVpcListeners } from '../vpc-listeners.ts';
import { createNetworkBalancer, type NetworkBalancerOptions, type Origin } from './network-balancer.ts';
import type { NetworkBalancerConfig } from './protocol.ts';

/** A network load balancer on the sockets of the VPC and the host. */
export function networkProgram(options: NetworkBalancerOptions): BalancerProgram<NetworkBalancerConfig> {
  const balancer = createNetworkBalancer(options);
  const streams = createVpcListeners(
    ({ listenerArn, address }, socket) => balancer.acceptStream(listenerArn, socket, { node: address }),
    { allowHalfOpen: true, pauseOnConnect: true },
  );
  const datagrams = createVpcDatagrams(({ listenerArn, address }, socket) =>
    relay(listenerArn, socket, { node: address }),
  );
  const hostServers = new Map<string, Server>();
  const hostSockets = new Map<string, DatagramSocket>();

  function relay(listenerArn: string, socket: DatagramSocket, origin: Origin): void {
    // What could not be sent is lost, as datagrams are.
    socket.on('error', () => {});
    socket.on('message', (message, peer) =>
      balancer.acceptDatagram(listenerArn, message, peer, origin, (answer) => {
        try {
          socket.send(answer, peer.port, peer.address);
        } catch {
          // The listener went away while the target was answering.
        }
      }),
    );
  }

  return {
    async apply(config) {
      const wanted = new Map(config.listeners.map((listener) => [listener.arn, listener]));
      for (const [held, transport] of [
        [hostServers, 'tcp'],
        [hostSockets, 'udp'],
      ] as const)
        for (const [arn, socket] of held) {
          if (wanted.get(arn)?.transports.includes(transport)) continue;
          held.delete(arn);
          socket.close();
        }
      const places = (transport: 'tcp' | 'udp') =>
        config.listeners
          .filter(({ transports }) => transports.includes(transport))
          .flatMap(({ arn: listenerArn, port }) =>
            config.nodes.map(({ address }) => ({ listenerArn, port, address })),
          );
      balancer.apply(config);
      return [...(await streams.apply(places('tcp'))), ...(await datagrams.apply(places('udp')))];
    },
    serve(listenerArn, _hostPort, handle, taken) {
      hostServers.get(listenerArn)?.close();
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
        balancer.acceptStream(listenerArn, socket, 'host'),
      );
      hostServers.set(listenerArn, server);
      server.listen(handle, 1024, taken);
    },
    serveDatagrams(listenerArn, socket) {
      hostSockets.get(listenerArn)?.close();
      hostSockets.set(listenerArn, socket);
      relay(listenerArn, socket, 'host');
    },
    accept: (listenerArn, _hostPort, socket) => balancer.acceptStream(listenerArn, socket, 'host'),
  };
}
