/** The VPCs of the region as they are in the kernel. */
export interface Network {
  /** Resolves when what the store says now is in force; rejects with the reason when it cannot be. */
  settled(): Promise<void>;
  /** What the filter dropped, newest first, repeats counted. */
  denials(): Promise<readonly Denial[]>;
  /**
   * Name of a network namespace for steps of image builds, outside of every VPC: all TCP destinations but this machine's own are
   * open, and 169.254.169.253 resolves names. Made on first use.
   */
  buildNamespace(): Promise<string>;
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
