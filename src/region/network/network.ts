/** The VPCs of the region as they are in the kernel. */
export interface Network {
  /** Resolves when what the store says now is in force; rejects with the reason when it cannot be. */
  settled(): Promise<void>;
  /** What the filter dropped, newest first, repeats counted. */
  denials(): Promise<readonly Denial[]>;
  /** Observes new flows in exactly these VPCs from now on; resolves when that is in force. What others had seen is forgotten. */
  observe(vpcIds: readonly string[]): Promise<void>;
  /** Flows that began in observed VPCs and were let pass. */
  flows(): Promise<readonly Flow[]>;
  /**
   * Name of a network namespace for steps of image builds, outside of every VPC: all TCP destinations but this machine's own are
   * open, and 169.254.169.253 resolves names. Made on first use.
   */
  buildNamespace(): Promise<string>;
}
export interface Flow {
  readonly vpcId: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
  /** Packets that began it: one a TCP connection, unless one had to be repeated. */
  readonly count: number;
  /** Milliseconds since the epoch, to about a second. */
  readonly lastSeen: number;
}
export interface Denial {
  readonly vpcId: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
  /** What decided: `egress of sg-…`, `ingress of sg-… (jobs-redis)`, `network ACL acl-…`, `route table rtb-…: no route`, … */
  readonly reason: string;
  /** Ids of the groups, ACL or table that decided. */
  readonly deciders: readonly string[];
  readonly count: number;
  /** Milliseconds since the epoch, to about a second. */
  readonly lastSeen: number;
}
