import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../common/clock.ts';
import type { BalancerConfig, HealthReport } from './protocol.ts';
import { ClientConnection } from './proxy/client-connection.ts';
import { emptyConfig, type Core, type Dial } from './proxy/core.ts';
import { Listener } from './routing/listener.ts';
import { createHealthChecks } from './targets/health-checks.ts';
import { TargetGroup } from './targets/target-group.ts';

export interface BalancerOptions {
  readonly clock?: Clock;
  readonly dial?: Dial;
  readonly onHealth?: (report: HealthReport) => void;
  /** A connection of the host that the security groups do not admit. */
  readonly onDenied?: (listenerArn: string, source: string) => void;
}

/** An application load balancer without the sockets it listens on: connections are handed in. */
export interface Balancer {
  /** Takes over the whole desired state. */
  apply(config: BalancerConfig): void;
  /**
   * Serves a connection to a listener. `fromHost`: it did not pass the packet filter, so the security groups are applied here.
   * `dialledPort` is the port that the client sees.
   */
  accept(
    listenerArn: string,
    socket: Socket,
    origin: { readonly dialledPort: number; readonly fromHost: boolean },
  ): void;
  readonly connections: number;
  close(): void;
}

/** How often timeouts are looked at (milliseconds). */
const sweepInterval = 500;

const dialTcp: Dial = ({ address, port, localAddress }) =>
  connect({
    host: address,
    port,
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });

export function createBalancer(options: BalancerOptions = {}): Balancer {
  const { clock = systemClock, dial = dialTcp, onHealth = () => {}, onDenied = () => {} } = options;
  const core: Core = {
    clock,
    dial,
    groups: new Map(),
    settings: emptyConfig.settings,
    dnsName: '',
    nodes: [],
    tick: clock.now(),
    date: new Date(clock.now()).toUTCString(),
  };
  const listeners = new Map<string, Listener>();
  const connections = new Set<ClientConnection>();
  const checks = createHealthChecks(core, onHealth);
  const forget = (connection: ClientConnection) => void connections.delete(connection);

  function sweep(): void {
    core.tick = clock.now();
    core.date = new Date(core.tick).toUTCString();
    for (const connection of connections) connection.sweep(core.tick);
    for (const group of core.groups.values())
      for (const target of group.targets.values()) target.sweep(core.tick);
    cancelSweep = clock.schedule(sweepInterval, sweep);
  }
  let cancelSweep = clock.schedule(sweepInterval, sweep);

  return {
    apply({ dnsName, nodes, settings, listeners: wantedListeners, targetGroups }) {
      Object.assign(core, { dnsName, nodes, settings });
      const wantedGroups = new Set(targetGroups.map(({ arn }) => arn));
      for (const [arn, group] of core.groups) {
        if (wantedGroups.has(arn)) continue;
        core.groups.delete(arn);
        checks.forget(group);
        group.close();
      }
      for (const config of targetGroups) {
        let group = core.groups.get(config.arn);
        if (group) group.apply(config);
        else core.groups.set(config.arn, (group = new TargetGroup(config)));
        checks.apply(group);
      }
      const wanted = new Set(wantedListeners.map(({ arn }) => arn));
      for (const [arn, listener] of listeners) {
        if (wanted.has(arn)) continue;
        listeners.delete(arn);
        listener.removed = true;
      }
      for (const config of wantedListeners) {
        const listener = listeners.get(config.arn);
        if (listener) listener.apply(config);
        else listeners.set(config.arn, new Listener(config));
      }
    },
    accept(listenerArn, socket, { dialledPort, fromHost }) {
      const listener = listeners.get(listenerArn);
      const source = socket.remoteAddress ?? '';
      if (!listener || (fromHost && !listener.admits(source))) {
        socket.on('error', () => {});
        socket.destroy();
        if (listener) onDenied(listenerArn, source);
        return;
      }
      connections.add(new ClientConnection(core, listener, socket, dialledPort, forget));
    },
    get connections() {
      return connections.size;
    },
    close() {
      cancelSweep();
      for (const connection of connections) connection.close();
      for (const group of core.groups.values()) {
        checks.forget(group);
        group.close();
      }
      core.groups.clear();
    },
  };
}
