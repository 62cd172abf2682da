import type { BalancerNode, BalancerPace, HealthCheckConfig, TargetConfig } from '../protocol.ts';

export type Transport = 'tcp' | 'udp';

/** The whole desired state of a network load balancer's program. */
export interface NetworkBalancerConfig {
  readonly type: 'network';
  readonly revision: number;
  /** Absent: `eager`. */
  readonly pace?: BalancerPace;
  readonly nodes: readonly BalancerNode[];
  readonly listeners: readonly NetworkListenerConfig[];
  readonly targetGroups: readonly NetworkGroupConfig[];
}
export interface NetworkListenerConfig {
  readonly arn: string;
  readonly port: number;
  readonly transports: readonly Transport[];
  /** Sources that the load balancer's security groups admit; for flows that do not pass the packet filter. */
  readonly admittedCidrs: Readonly<Record<Transport, readonly string[]>>;
  readonly idleTimeoutSeconds: number;
  readonly groups: readonly { readonly arn: string; readonly weight: number }[];
}
export interface NetworkGroupConfig {
  readonly arn: string;
  /** Absent or `HTTP`, or a mere connection. */
  readonly healthCheck: HealthCheckConfig;
  readonly targets: readonly NetworkTargetConfig[];
  /** Whether a node reaches targets of other zones too. */
  readonly crossZone: boolean;
  /** One source address, one target. */
  readonly sticky: boolean;
  readonly proxyProtocol: boolean;
  /** Whether flows end with the deregistration delay, and when the target becomes unhealthy. */
  readonly terminates: { readonly deregistered: boolean; readonly unhealthy: boolean };
}
export interface NetworkTargetConfig extends TargetConfig {
  /**
   * Sources that the target's own groups admit, where the target would see the client's address: that address does not reach the
   * packet filter here. Absent: it sees the load balancer's, and the filter decides alone.
   */
  readonly admittedCidrs?: Readonly<Record<Transport, readonly string[]>>;
}
