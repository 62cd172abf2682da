import type { Origin, PortRange } from '../../topology/model.ts';

/** Holds, fails, or cannot be told from what is known. */
export type Truth = 'yes' | 'no' | 'unknown';

/** Where an interface is, or will be: what has one subnet and the same groups is one class. */
export interface Placement {
  /** What people call what stands there: `api`, `LoadBalancer`. */
  readonly name: string;
  /** The resource that it belongs to, where that is known. */
  readonly partyId?: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupIds: readonly string[];
  /** No group can filter here, as with a network load balancer made without any. */
  readonly unfiltered?: boolean;
  /** Known in a live region only. */
  readonly address?: string;
  /** Whether it has (or will get) a public address; absent: cannot be told. */
  readonly hasPublicAddress?: boolean;
  /** The ports that replies come back to; absent: those of Linux. */
  readonly ephemeralPorts?: PortRange;
}

/** One end of a path. */
export type End =
  | { readonly kind: 'placement'; readonly placement: Placement }
  /** Anybody outside: as a sender one of them, as a receiver any of them. */
  | { readonly kind: 'internet' }
  /** One address outside of the VPC. */
  | { readonly kind: 'address'; readonly address: string }
  /** `ecr.api`, `ecr.dkr`, `s3`, `secretsmanager`, `logs` …: the last part of an endpoint's service name. */
  | { readonly kind: 'aws-service'; readonly service: string };

export interface Question {
  readonly from: End;
  readonly to: End;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** Where it is known, replies are asked for it alone. */
  readonly sourcePort?: number;
}

/** One gate on the way, and what it says. A path goes on behind a closed gate as though it were open, so that all of them are seen. */
export interface Hop {
  readonly gate: Gate;
  /** Id of the group, table, ACL, gateway or subnet that decides. */
  readonly at: string;
  readonly passes: Truth;
  /** `Web's outbound rules let tcp 6379 to Redis`. */
  readonly says: string;
  /** The rule, route or entry that decided. */
  readonly origin?: Origin;
  /** Where the gate is closed: each of these alone would open it. */
  readonly changes: readonly Change[];
  /** The code of VPC Reachability Analyzer: https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html */
  readonly code?: string;
}
export type Gate =
  | 'vpc'
  | 'group-egress'
  | 'acl-egress'
  | 'route'
  | 'gateway'
  | 'endpoint'
  | 'acl-ingress'
  | 'group-ingress'
  | 'reply-route'
  | 'reply-acl-egress'
  | 'reply-acl-ingress';

/** What opens a gate; a program can apply it to a topology or a template. */
export type Change =
  | {
      readonly kind: 'group-rule';
      readonly groupId: string;
      readonly direction: 'ingress' | 'egress';
      readonly protocol: 'tcp' | 'udp';
      readonly port: number;
      /** The end of a range that begins at `port`. */
      readonly toPort?: number;
      readonly peer:
        | { readonly kind: 'group'; readonly groupId: string }
        | { readonly kind: 'cidr'; readonly cidr: string };
    }
  | {
      readonly kind: 'acl-entry';
      readonly networkAclId: string;
      readonly direction: 'ingress' | 'egress';
      readonly number: number;
      readonly protocol: 'tcp' | 'udp';
      readonly ports: PortRange;
      readonly cidr: string;
    }
  | {
      readonly kind: 'route';
      readonly routeTableId: string;
      readonly destination: string;
      readonly target: {
        readonly kind: 'internet-gateway' | 'nat-gateway' | 'peering';
        readonly id: string | undefined;
      };
    }
  | { readonly kind: 'public-address'; readonly name: string }
  | { readonly kind: 'attach-internet-gateway'; readonly vpcId: string }
  | { readonly kind: 'gateway-endpoint-route'; readonly endpointId: string; readonly routeTableId: string };

export interface Path {
  readonly verdict: 'holds' | 'fails' | 'cannot-tell';
  readonly hops: readonly Hop[];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports */
export const LINUX_PORTS: PortRange = { from: 32_768, to: 60_999 };
export const ANY_CLIENT_PORTS: PortRange = { from: 1024, to: 65_535 };

export function pathOf(hops: readonly Hop[]): Path {
  const closed = hops.some(({ passes }) => passes === 'no');
  const unclear = hops.some(({ passes }) => passes === 'unknown');
  return { verdict: closed ? 'fails' : unclear ? 'cannot-tell' : 'holds', hops };
}
