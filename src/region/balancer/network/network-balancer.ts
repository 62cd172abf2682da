import { connect, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../../common/clock.ts';
import { targetKey, type BalancerNode, type HealthReport } from '../protocol.ts';
import { defaultSettings, nodeFor, type Core, type Dial } from '../proxy/core.ts';
import { createHealthChecks } from '../targets/health-checks.ts';
import { noBalancerCounts } from '../traffic.ts';
import { datagramFlow, type DatagramFlow } from './datagram-flow.ts';
import type { Flow } from './flow.ts';
import { NetworkGroup } from './network-group.ts';
import { NetworkListener } from './network-listener.ts';
import type { NetworkBalancerConfig, Transport } from './protocol.ts';
import { streamFlow } from './stream-flow.ts';

export interface NetworkDenial {
  readonly listenerArn: string;
  readonly transport: Transport;
  readonly source: string;
  /** The target whose groups refused. */
  readonly target?: string;
}
export interface NetworkBalancerOptions {
  /** What AWS times; may be scaled. */
  readonly clock?: Clock;
  /** What programs and sockets take. Absent: the same. */
  readonly machine?: Clock;
  readonly dial?: Dial;
  readonly onHealth?: (report: HealthReport) => void;
  readonly onDenied?: (denial: NetworkDenial) => void;
}
/** Where a flow came in: at a node's address, having passed the packet filter, or from the host. */
export type Origin = { readonly node: string } | 'host';
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** A network load balancer without the sockets it listens on: connections and datagrams are handed in. */
export interface NetworkBalancer {
  apply(config: NetworkBalancerConfig): void;
  acceptStream(listenerArn: string, socket: Socket, origin: Origin): void;
  acceptDatagram(
    listenerArn: string,
    message: Uint8Array,
    peer: Peer,
    origin: Origin,
    reply: (message: Uint8Array) => void,
  ): void;
  readonly flows: number;
  close(): void;
}

const sweepInterval = 500;
/** Flows that datagrams can open; beyond it they are dropped. */
const datagramFlowLimit = 16_384;

const dialTcp: Dial = ({ address, port, localAddress }) =>
  connect({ host: address, port, noDelay: true, ...(localAddress === undefined ? {} : { localAddress }) });

export function createNetworkBalancer(options: NetworkBalancerOptions = {}): NetworkBalancer {
  const { clock = systemClock, machine = clock, dial = dialTcp } = options;
  const { onHealth = () => {}, onDenied = () => {} } = options;
  const core: Core = {
    clock,
    machine,
    dial,
    groups: new Map(),
    settings: defaultSettings,
    pace: 'eager',
    counts: noBalancerCounts(),
    dnsName: '',
    nodes: [],
    tick: machine.now(),
    date: '',
  };
  const listeners = new Map<string, NetworkListener>();
  const groups = new Map<string, NetworkGroup>();
  const flows = new Set<Flow>();
  const datagramFlows = new Map<string, DatagramFlow>();
  const checks = createHealthChecks(core, (report) => {
    onHealth(onlyReason(report));
    if (report.state !== 'unhealthy') return;
    const group = groups.get(report.targetGroupArn);
    if (!group?.config.terminates.unhealthy) return;
    const target = group.group.targets.get(targetKey(report.address, report.port));
    for (const flow of flows) if (flow.target === target && flow.transport === 'tcp') flow.end();
  });
  let turn = 0;

  function sweep(): void {
    core.tick = machine.now();
    for (const flow of flows) flow.sweep(core.tick);
    cancelSweep = machine.schedule(sweepInterval, sweep);
  }
  let cancelSweep = machine.schedule(sweepInterval, sweep);

  /** The node that DNS would have given the host: one that has a healthy target, each in turn. */
  function nodeOf(listener: NetworkListener, origin: Origin): BalancerNode | undefined {
    if (origin !== 'host') return core.nodes.find(({ address }) => address === origin.node);
    const used = listener.config.groups.flatMap(({ arn }) => groups.get(arn) ?? []);
    const healthy = core.nodes.filter((node) => used.every((group) => group.isHealthy(node)));
    const nodes = healthy.length > 0 ? healthy : core.nodes;
    return nodes[turn++ % Math.max(1, nodes.length)];
  }

  /** The target of a new flow, or nothing where there is none or a group refuses. */
  function route(listenerArn: string, transport: Transport, peer: Peer, origin: Origin) {
    const listener = listeners.get(listenerArn);
    if (!listener?.config.transports.includes(transport)) return undefined;
    const { address: source } = peer;
    if (origin === 'host' && !listener.admits(transport, source)) {
      onDenied({ listenerArn, transport, source });
      return undefined;
    }
    const node = nodeOf(listener, origin);
    const group = groups.get(listener.nextGroup() ?? '');
    // TCP's hash has the sequence number in it, which is not seen here: a number of our own stands for it.
    const flow = `${transport} ${source} ${peer.port} ${node?.address} ${listener.config.port} ${transport === 'tcp' ? turn++ : ''}`;
    const target = group?.choose(node, flow, source);
    if (!group || !target) return undefined;
    if (!group.admits(target, transport, source)) {
      onDenied({ listenerArn, transport, source, target: target.address });
      return undefined;
    }
    return { listener, group, target, localAddress: node?.address ?? nodeFor(core.nodes, target.zone) };
  }

  return {
    apply({ nodes, pace = 'eager', listeners: wantedListeners, targetGroups }) {
      Object.assign(core, { nodes, pace });
      const wantedGroups = new Set(targetGroups.map(({ arn }) => arn));
      for (const [arn, { group }] of groups) {
        if (wantedGroups.has(arn)) continue;
        groups.delete(arn);
        checks.forget(group);
        group.close();
      }
      for (const config of targetGroups) {
        let group = groups.get(config.arn);
        if (group) group.apply(config);
        else groups.set(config.arn, (group = new NetworkGroup(config, clock)));
        checks.apply(group.group);
      }
      const wanted = new Set(wantedListeners.map(({ arn }) => arn));
      for (const arn of listeners.keys()) if (!wanted.has(arn)) listeners.delete(arn);
      for (const config of wantedListeners) {
        const listener = listeners.get(config.arn);
        if (listener) listener.apply(config);
        else listeners.set(config.arn, new NetworkListener(config));
      }
      for (const flow of flows)
        if (
          !listeners.has(flow.listener.arn) ||
          (flow.target.removed && flow.group.config.terminates.deregistered)
        )
          flow.end();
    },
    acceptStream(listenerArn, socket, origin) {
      socket.on('error', () => {});
      const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      const found = route(listenerArn, 'tcp', peer, origin);
      if (!found) return void socket.resetAndDestroy();
      const { localAddress, ...rest } = found;
      const { address, port } = rest.target;
      const far = dial({ address, port, localAddress });
      flows.add(
        streamFlow({
          ...rest,
          client: socket,
          far,
          tick: machine.now(),
          onClosed: (flow) => void flows.delete(flow),
        }),
      );
    },
    acceptDatagram(listenerArn, message, peer, origin, reply) {
      const key = `${listenerArn} ${origin === 'host' ? origin : origin.node} ${peer.address} ${peer.port}`;
      let flow = datagramFlows.get(key);
      if (!flow) {
        if (datagramFlows.size >= datagramFlowLimit) return;
        const found = route(listenerArn, 'udp', peer, origin);
        if (!found) return;
        flow = datagramFlow({
          ...found,
          now: machine.now,
          reply,
          onClosed(closed) {
            flows.delete(closed);
            if (datagramFlows.get(key) === closed) datagramFlows.delete(key);
          },
        });
        flows.add(flow);
        datagramFlows.set(key, flow);
      }
      flow.send(message);
    },
    get flows() {
      return flows.size;
    },
    close() {
      cancelSweep();
      for (const flow of flows) flow.end();
      for (const { group } of groups.values()) {
        checks.forget(group);
        group.close();
      }
      groups.clear();
    },
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html (the one reason of unhealthy) */
const onlyReason = (report: HealthReport): HealthReport =>
  report.state === 'unhealthy'
    ? { ...report, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
    : report;
