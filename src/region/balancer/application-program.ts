import { createServer, type Server } from 'node:net';
import { createBalancer, type BalancerOptions } from './balancer.ts';
import type { BalancerProgram } from './program.ts';
import type { BalancerConfig } from './protocol.ts';
import { createVpcListeners } from './vpc-listeners.ts';

/** An application load balancer on the sockets of the VPC and the host. */
export function applicationProgram(options: BalancerOptions): BalancerProgram<BalancerConfig> {
  const balancer = createBalancer(options);
  const vpcListeners = createVpcListeners(({ listenerArn, port }, socket) =>
    balancer.accept(listenerArn, socket, { dialledPort: port, fromHost: false }),
  );
  const hostServers = new Map<string, Server>();
  return {
    async apply(config) {
      balancer.apply(config);
      const wanted = new Set(config.listeners.map(({ arn }) => arn));
      for (const [arn, server] of hostServers) {
        if (wanted.has(arn)) continue;
        hostServers.delete(arn);
        server.close();
      }
      return vpcListeners.apply(
        config.listeners.flatMap(({ arn: listenerArn, port }) =>
          config.nodes.map(({ address }) => ({ listenerArn, port, address })),
        ),
      );
    },
    serve(listenerArn, hostPort, handle, taken) {
      hostServers.get(listenerArn)?.close();
      const server = createServer((socket) =>
        balancer.accept(listenerArn, socket, { dialledPort: hostPort, fromHost: true }),
      );
      hostServers.set(listenerArn, server);
      server.listen(handle, 1024, taken);
    },
    // Listeners of an application load balancer are HTTP's alone.
    serveDatagrams: (_listenerArn, socket) => void socket.close(),
    accept: (listenerArn, hostPort, socket) =>
      balancer.accept(listenerArn, socket, { dialledPort: hostPort, fromHost: true }),
  };
}
