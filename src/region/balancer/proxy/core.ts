import type { Clock } from '../../../common/clock.ts';
import type { Socket } from 'node:net';
import type { BalancerConfig, BalancerNode, BalancerPace, BalancerSettings } from '../protocol.ts';
import type { TargetGroup } from '../targets/target-group.ts';
import type { BalancerCounts } from '../traffic.ts';

/** Opens a connection to a target from a node's own address. */
export type Dial = (options: {
  readonly address: string;
  readonly port: number;
  readonly localAddress: string | undefined;
}) => Socket;

/** What all connections of one balancer share. */
export interface Core {
  /** What AWS times: intervals of health checks, slow start. */
  readonly clock: Clock;
  /** What programs, sockets and clients take: time-outs, dates, cookies. */
  readonly machine: Clock;
  readonly dial: Dial;
  readonly groups: Map<string, TargetGroup>;
  settings: BalancerSettings;
  pace: BalancerPace;
  readonly counts: BalancerCounts;
  dnsName: string;
  nodes: readonly BalancerNode[];
  /** The time of the last sweep: good enough for timeouts of seconds and free to read. */
  tick: number;
  /** The Date field of that time. */
  date: string;
}

export const defaultSettings: BalancerSettings = {
  idleTimeoutSeconds: 60,
  clientKeepAliveSeconds: 3600,
  dropInvalidHeaderFields: false,
  preserveHostHeader: false,
  forwardedForMode: 'append',
  forwardedForClientPort: false,
};
export const emptyConfig: BalancerConfig = {
  revision: 0,
  dnsName: '',
  nodes: [],
  settings: defaultSettings,
  listeners: [],
  targetGroups: [],
};

/** The node in the target's zone where that zone is enabled, else the first one. */
export const nodeFor = (nodes: readonly BalancerNode[], zone: string | undefined): string | undefined =>
  (nodes.find((node) => node.zone === zone) ?? nodes[0])?.address;
