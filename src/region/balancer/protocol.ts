import type { NetworkBalancerConfig } from './network/protocol.ts';
import type { BalancerCounts, GroupCounts } from './traffic.ts';

/**
 * What the region and the program of a load balancer say to each other over IPC. The region always sends the whole desired state;
 * the balancer answers with what it observes. Plain JSON values only.
 */
export interface BalancerConfig {
  /** Counts up with each change; the balancer's `applied` names it. */
  readonly revision: number;
  /** Stands in for the Host that an HTTP/1.0 client may leave out. */
  readonly dnsName: string;
  /** One node per enabled zone: the private address of the zone's interface. */
  readonly nodes: readonly BalancerNode[];
  readonly settings: BalancerSettings;
  /** Absent: `eager`. */
  readonly pace?: BalancerPace;
  readonly listeners: readonly ListenerConfig[];
  readonly targetGroups: readonly TargetGroupConfig[];
}
/** `aws`: targets are looked at on their interval alone, and a request goes out once. `eager`: new ones in between, too. */
export type BalancerPace = 'eager' | 'aws';
export interface BalancerNode {
  readonly zone: string;
  readonly address: string;
}
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export interface BalancerSettings {
  readonly idleTimeoutSeconds: number;
  readonly clientKeepAliveSeconds: number;
  readonly dropInvalidHeaderFields: boolean;
  readonly preserveHostHeader: boolean;
  readonly forwardedForMode: 'append' | 'preserve' | 'remove';
  readonly forwardedForClientPort: boolean;
}
export interface ListenerConfig {
  readonly arn: string;
  readonly port: number;
  /** Sources that the load balancer's security groups admit on this port; for connections that do not pass the packet filter. */
  readonly admittedCidrs: readonly string[];
  /** In the order in which they are tried; the last one is the default rule and has no conditions. */
  readonly rules: readonly RuleConfig[];
}
export interface RuleConfig {
  readonly conditions: readonly Condition[];
  readonly action: Action;
}
/** Values of one condition are alternatives; conditions of one rule must all hold. */
export type Condition =
  | { readonly kind: 'path-pattern'; readonly values: readonly string[] }
  | { readonly kind: 'host-header'; readonly values: readonly string[] }
  | { readonly kind: 'http-request-method'; readonly values: readonly string[] }
  | { readonly kind: 'source-ip'; readonly values: readonly string[] }
  | { readonly kind: 'http-header'; readonly name: string; readonly values: readonly string[] }
  | {
      readonly kind: 'query-string';
      readonly values: readonly { readonly key?: string; readonly value: string }[];
    };
export type Action =
  | {
      readonly kind: 'forward';
      readonly groups: readonly { readonly arn: string; readonly weight: number }[];
    }
  | {
      readonly kind: 'redirect';
      readonly status: 301 | 302;
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    }
  | {
      readonly kind: 'fixed-response';
      readonly status: number;
      readonly contentType?: string;
      readonly body: string;
    };
export interface TargetGroupConfig {
  readonly arn: string;
  readonly algorithm: 'round_robin' | 'least_outstanding_requests';
  /** Absent: each request goes where the algorithm says. */
  readonly stickiness?: StickinessConfig;
  /** Absent: new targets get their full share at once. */
  readonly slowStartMilliseconds?: number;
  /** With fewer healthy targets, all that have been checked get requests. Absent: 1. */
  readonly minimumHealthy?: MinimumHealthy;
  readonly healthCheck: HealthCheckConfig;
  readonly targets: readonly TargetConfig[];
}
export interface MinimumHealthy {
  readonly count: number;
  /** Of the registered targets. */
  readonly percentage?: number;
}
export interface StickinessConfig {
  readonly kind: 'lb_cookie' | 'app_cookie';
  readonly durationSeconds: number;
  /** Of `app_cookie`: the cookie that the targets set. */
  readonly cookieName?: string;
}
export interface HealthCheckConfig {
  /** Absent: a request; `TCP`: a connection is enough. */
  readonly protocol?: 'TCP';
  /** Says on the connection itself that the load balancer speaks for itself. */
  readonly proxyProtocol?: boolean;
  readonly path: string;
  /** Absent: the port on which the target gets its traffic. */
  readonly port?: number;
  /** `200`, `200,202` or `200-299`. */
  readonly matcher: string;
  readonly intervalMilliseconds: number;
  readonly timeoutMilliseconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}
export interface TargetConfig {
  readonly address: string;
  readonly port: number;
  /** Absent: outside the VPC, any node may dial it. */
  readonly zone?: string;
  /** Gets no new requests; those in flight may finish until it is gone from the configuration. */
  readonly draining: boolean;
  /** Another number: deregistered and registered again, so that it starts anew. */
  readonly registration?: number;
  /** What the previous program of this load balancer had found out. */
  readonly known?: TargetState;
}
export type TargetState = 'initial' | 'healthy' | 'unhealthy';

/** Names a target within its group. */
export const targetKey = (address: string, port: number): string => `${address}:${port}`;

export type ToBalancer =
  | { readonly kind: 'config'; readonly config: BalancerConfig | NetworkBalancerConfig }
  /** Comes with a listening socket of the host (bare, without a server around it), on which `hostPort` stands for the listener's port. */
  | { readonly kind: 'socket'; readonly listenerArn: string; readonly hostPort: number }
  /** Comes with a UDP socket of the host. */
  | { readonly kind: 'datagrams'; readonly listenerArn: string; readonly hostPort: number }
  /** Comes with a connection that the region accepted before its copy of the listening socket was closed. */
  | { readonly kind: 'connection'; readonly listenerArn: string; readonly hostPort: number };

export type FromBalancer =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'applied';
      readonly revision: number;
      readonly failures: readonly { readonly listenerArn: string; readonly message: string }[];
    }
  | { readonly kind: 'socket-taken'; readonly listenerArn: string }
  | { readonly kind: 'health'; readonly reports: readonly HealthReport[] }
  | TrafficReport
  | {
      readonly kind: 'denied';
      readonly listenerArn: string;
      /** Absent: TCP. */
      readonly transport?: 'udp';
      /** The target whose groups refused; absent: those of the load balancer did. */
      readonly target?: string;
      readonly source: string;
      readonly count: number;
    };

/** What happened since the last one; sent at most once a second, and only when something did. */
export interface TrafficReport {
  readonly kind: 'traffic';
  readonly balancer: BalancerCounts;
  readonly groups: readonly (GroupCounts & { readonly targetGroupArn: string })[];
}

export interface HealthReport {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number;
  readonly state: TargetState;
  readonly reason?: string;
  readonly description?: string;
}
