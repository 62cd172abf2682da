/** A network as a whole case of the agreement test: every value is known, and ids are logical. */
export interface Design {
  readonly vpcs: readonly { readonly id: string; readonly cidr: string; readonly gateway: boolean }[];
  readonly subnets: readonly {
    readonly id: string;
    readonly vpcId: string;
    readonly cidr: string;
    /** Absent: the main table. */
    readonly tableId?: string;
    /** Absent: the default ACL. */
    readonly aclId?: string;
  }[];
  readonly tables: readonly {
    readonly id: string;
    readonly vpcId: string;
    readonly routes: readonly DesignedRoute[];
  }[];
  readonly acls: readonly {
    readonly id: string;
    readonly vpcId: string;
    readonly entries: readonly DesignedEntry[];
  }[];
  readonly groups: readonly DesignedGroup[];
  readonly interfaces: readonly DesignedInterface[];
  readonly nats: readonly { readonly id: string; readonly subnetId: string; readonly isPrivate: boolean }[];
}
export interface DesignedRoute {
  readonly destination: string;
  readonly target: { readonly kind: 'internet-gateway' | 'nat-gateway'; readonly id: string };
}
export interface DesignedEntry {
  readonly number: number;
  readonly egress: boolean;
  readonly action: 'allow' | 'deny';
  /** A number as text. */
  readonly protocol: string;
  readonly cidr: string;
  readonly ports: Ports;
}
export interface Ports {
  readonly from: number;
  readonly to: number;
}
export interface DesignedGroup {
  readonly id: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly ingress: readonly DesignedRule[];
  /** None: the rule that lets everything out stays. */
  readonly egress: readonly DesignedRule[];
}
export interface DesignedRule {
  readonly protocol: string;
  readonly ports: Ports;
  readonly peer:
    | { readonly kind: 'cidr'; readonly cidr: string }
    | { readonly kind: 'group'; readonly groupId: string };
  /** A resource of its own in the template. */
  readonly apart: boolean;
}
export interface DesignedInterface {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly address: string;
  /** Empty: the default group of the VPC. */
  readonly groupIds: readonly string[];
  /** Has an Elastic IP. */
  readonly elastic: boolean;
}

export const defaultGroupOf = (vpcId: string): string => `${vpcId}.DefaultSecurityGroup`;
export const defaultAclOf = (vpcId: string): string => `${vpcId}.DefaultNetworkAcl`;
export const mainTableOf = (vpcId: string): string => `${vpcId}.MainRouteTable`;
export const gatewayOf = (vpcId: string): string => `${vpcId}Gateway`;

/** Where servers listen, in every namespace and outside. */
export const PORTS = [5000, 5001, 7000] as const;
/** Where clients come from: both ends of what network ACLs tell apart. */
export const SOURCE_PORTS = [1024, 32_767, 32_768, 45_000, 60_999, 61_000, 65_535] as const;
/** Addresses outside of every VPC; the region dials the second in place of the first. */
export const OUTSIDE = {
  '203.0.113.10': '127.77.0.1',
  '198.51.100.20': '127.77.0.2',
} as const;
