import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../common/clock.ts';
import type { BalancerConfig, HealthReport, TrafficReport } from './protocol.ts';
import { ClientConnection } from './proxy/client-connection.ts';
import { emptyConfig, type Core, type Dial } from './proxy/core.ts';
import { Listener } from './routing/listener.ts';
import { createHealthChecks } from './targets/health-checks.ts';
import { TargetGroup } from './targets/target-group.ts';
import { noBalancerCounts, takeCounts } from './traffic.ts';

export interface BalancerOptions {
  /** What AWS times; may be scaled. */
  readonly clock?: Clock;
  /** What programs and sockets take. Absent: the same. */
  readonly machine?: Clock;
  readonly dial?: Dial;
  readonly onHealth?: (report: HealthReport) => void;
  /** A connection of the host that the security groups do not admit. */
  readonly onDenied?: (listenerArn: string, source: string) => void;
  readonly onTraffic?: (report: TrafficReport) => void;
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
/**
 * Traffic is told of this often in the region's time, so that each of its minutes has what happened in it however fast it goes, and no
 * more often than the machine can well do (milliseconds).
 */
const trafficInterval = 1000;
const shortestTrafficInterval = 20;

const dialTcp: Dial = ({ address, port, localAddress }) =>
  connect({
    host: address,
    port,
    noDelay: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  });

export function createBalancer(options: BalancerOptions = {}): Balancer {
  const { clock = systemClock, machine = clock, dial = dialTcp } = options;
  const { onHealth = () => {}, onDenied = () => {}, onTraffic } = options;
  const core: Core = {
    clock,
    machine,
    dial,
    groups: new Map(),
    settings: emptyConfig.settings,
    pace: 'eager',
    counts: noBalancerCounts(),
    dnsName: '',
    nodes: [],
    tick: machine.now(),
    date: new Date(machine.now()).toUTCString(),
  };
  const listeners = new Map<string, Listener>();
  const connections = new Set<ClientConnection>();
  const checks = createHealthChecks(core, onHealth);
  const forget = (connection: ClientConnection) => void connections.delete(connection);

  function tellTraffic(tell: (report: TrafficReport) => void): void {
    const balancer = takeCounts(core.counts);
    const groups = [...core.groups.values()].flatMap(({ arn: targetGroupArn, counts }) => {
      const taken = takeCounts(counts);
      return taken ? [{ targetGroupArn, ...taken }] : [];
    });
    if (balancer || groups.length > 0)
      tell({ kind: 'traffic', balancer: balancer ?? noBalancerCounts(), groups });
  }
  let cancelTelling = (): void => {};
  function tellLater(tell: (report: TrafficReport) => void): void {
    cancelTelling = clock.schedule(trafficInterval, () => {
      cancelTelling = machine.schedule(shortestTrafficInterval, () => {
        tellTraffic(tell);
        tellLater(tell);
      });
    });
  }
  if (onTraffic) tellLater(onTraffic);

  function sweep(): void {
    core.tick = machine.now();
    core.date = new Date(core.tick).toUTCString();
    for (const connection of connections) connection.sweep(core.tick);
    for (const group of core.groups.values())
      for (const target of group.targets.values()) target.sweep(core.tick);
    cancelSweep = machine.schedule(sweepInterval, sweep);
  }
  let cancelSweep = machine.schedule(sweepInterval, sweep);

  return {
    apply({ dnsName, nodes, settings, pace = 'eager', listeners: wantedListeners, targetGroups }) {
      Object.assign(core, { dnsName, nodes, settings, pace });
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
        else core.groups.set(config.arn, (group = new TargetGroup(config, clock)));
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
      cancelTelling();
      for (const connection of connections) connection.close();
      for (const group of core.groups.values()) {
        checks.forget(group);
        group.close();
      }
      core.groups.clear();
    },
  };
}
