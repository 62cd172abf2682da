import { Socket as DatagramSocket } from 'node:dgram';
import { Socket, type Server } from 'node:net';
import { parseArgs } from 'node:util';
import { scaledClock, systemClock } from '../../common/clock.ts';
import { applicationProgram } from './application-program.ts';
import { createDenialCounter } from './denial-counter.ts';
import { networkProgram } from './network/network-program.ts';
import type { NetworkBalancerConfig } from './network/protocol.ts';
import type { BalancerProgram } from './program.ts';
import type { BalancerConfig, FromBalancer, HealthReport, ToBalancer } from './protocol.ts';

// The program of one load balancer. It runs in the load balancer's network namespace and ends with the channel to the region.
const send = (message: FromBalancer): void => {
  process.send?.(message, undefined, undefined, () => {});
};

// `--time-scale N`: what AWS times goes so many times as fast as the machine.
const { values } = parseArgs({ options: { 'time-scale': { type: 'string', default: '1' } } });
const clock = scaledClock(systemClock, Number(values['time-scale']));
const machine = systemClock;

let pending: HealthReport[] = [];
function onHealth(health: HealthReport): void {
  if (pending.length === 0)
    setImmediate(() => {
      send({ kind: 'health', reports: pending });
      pending = [];
    });
  pending.push(health);
}
const denials = createDenialCounter(send);

/** The first configuration says of which kind the load balancer is, and it stays so. */
let application: BalancerProgram<BalancerConfig> | undefined;
let network: BalancerProgram<NetworkBalancerConfig> | undefined;
function take(
  config: BalancerConfig | NetworkBalancerConfig,
): () => ReturnType<BalancerProgram<never>['apply']> {
  if ('type' in config) {
    network ??= networkProgram({
      clock,
      machine,
      onHealth,
      onDenied: ({ transport, ...denied }) =>
        denials.count(transport === 'udp' ? { ...denied, transport } : denied),
    });
    const program = network;
    return () => program.apply(config);
  }
  application ??= applicationProgram({
    clock,
    machine,
    onHealth,
    onDenied: (listenerArn, source) => denials.count({ listenerArn, source }),
    onTraffic: send,
  });
  const program = application;
  return () => program.apply(config);
}

let applying = Promise.resolve();
process.on('message', (message: ToBalancer, handle: unknown) => {
  if (message.kind === 'config') {
    const { config } = message;
    const apply = take(config);
    applying = applying.then(async () => {
      const failures = await apply();
      send({ kind: 'applied', revision: config.revision, failures });
    });
    return;
  }
  const { kind, listenerArn, hostPort } = message;
  const program = network ?? application;
  if (kind === 'socket')
    program?.serve(listenerArn, hostPort, handle as Server, () =>
      send({ kind: 'socket-taken', listenerArn }),
    );
  else if (kind === 'datagrams') {
    if (handle instanceof DatagramSocket) program?.serveDatagrams(listenerArn, handle);
  } else if (handle instanceof Socket) program?.accept(listenerArn, hostPort, handle);
});
process.on('disconnect', () => process.exit(0));
send({ kind: 'ready' });
