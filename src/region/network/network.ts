/** The VPCs of the region as they are in the kernel. */
export interface Network {
  /** Resolves when what the store says now is in force; rejects with the reason when it cannot be. */
  settled(): Promise<void>;
  /** What the filter dropped, newest first, repeats counted. */
  denials(): Promise<readonly Denial[]>;
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
