import { createServer, type Server, Socket } from 'node:net';
import { createBalancer } from './balancer.ts';
import { createDenialCounter } from './denial-counter.ts';
import type { BalancerConfig, FromBalancer, HealthReport, ToBalancer } from './protocol.ts';
import { createVpcListeners } from './vpc-listeners.ts';

// The program of one load balancer. It runs in the load balancer's network namespace and ends with the channel to the region.
const send = (message: FromBalancer): void => {
  process.send?.(message, undefined, undefined, () => {});
};

let pending: HealthReport[] = [];
function report(health: HealthReport): void {
  if (pending.length === 0)
    setImmediate(() => {
      send({ kind: 'health', reports: pending });
      pending = [];
    });
  pending.push(health);
}

const denials = createDenialCounter((listenerArn, source, count) =>
  send({ kind: 'denied', listenerArn, source, count }),
);
const balancer = createBalancer({ onHealth: report, onDenied: denials.count });
const vpcListeners = createVpcListeners((listenerArn, port, socket) =>
  balancer.accept(listenerArn, socket, { dialledPort: port, fromHost: false }),
);
const hostServers = new Map<string, Server>();

async function apply(config: BalancerConfig): Promise<void> {
  balancer.apply(config);
  const wanted = new Set(config.listeners.map(({ arn }) => arn));
  for (const [arn, server] of hostServers) {
    if (wanted.has(arn)) continue;
    hostServers.delete(arn);
    server.close();
  }
  const failures = await vpcListeners.apply(config);
  send({ kind: 'applied', revision: config.revision, failures });
}

function serve(listenerArn: string, hostPort: number, handle: Server): void {
  hostServers.get(listenerArn)?.close();
  const server = createServer((socket) =>
    balancer.accept(listenerArn, socket, { dialledPort: hostPort, fromHost: true }),
  );
  hostServers.set(listenerArn, server);
  server.listen(handle, 1024, () => send({ kind: 'socket-taken', listenerArn }));
}

let applying = Promise.resolve();
process.on('message', (message: ToBalancer, handle: unknown) => {
  if (message.kind === 'config') applying = applying.then(() => apply(message.config));
  else if (message.kind === 'socket') serve(message.listenerArn, message.hostPort, handle as Server);
  else if (handle instanceof Socket)
    balancer.accept(message.listenerArn, handle, { dialledPort: message.hostPort, fromHost: true });
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
