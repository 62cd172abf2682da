/**
 * What a deployment means as a network: one immutable graph, built from a region's Describe* answers or from templates. The packet
 * filter of the local region is compiled from it, and the verifier asks it. Ids are AWS ids, or logical ids where the graph comes
 * from a template; CIDRs are text.
 */
export interface Topology {
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly networkAcls: readonly NetworkAcl[];
  readonly securityGroups: readonly SecurityGroup[];
  readonly interfaces: readonly NetworkInterface[];
  readonly internetGateways: readonly InternetGateway[];
  readonly natGateways: readonly NatGateway[];
  readonly endpoints: readonly VpcEndpoint[];
  readonly prefixLists: readonly PrefixList[];
  readonly peerings?: readonly Peering[];
  /** What a region has and this graph cannot say, IPv6 above all; absent: nothing. */
  readonly notModelled?: readonly NotModelled[];
}

/**
 * Where something of the graph was written: the path below the root of a template. What is `uncertain` besides may be there or not,
 * or has a value that cannot be known, and the text says why: `the condition IsProd cannot be told`.
 */
export interface Origin {
  /** Absent where the graph is made of one template. */
  readonly stack?: string;
  readonly path: readonly (string | number)[];
}

export interface NotModelled {
  /** The resource that has it. */
  readonly id: string;
  /** `IPv6 block 2001:db8::/64`. */
  readonly what: string;
}

export interface Vpc {
  readonly id: string;
  readonly cidrs: readonly string[];
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly dhcp: DhcpOptions;
}
/** https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html */
export interface DhcpOptions {
  /** Search domains of the resolver; AWS documents one, Linux takes several separated by spaces. */
  readonly domainNames: readonly string[];
  /** `AmazonProvidedDNS` or addresses. */
  readonly nameServers: readonly string[];
}
export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  /** The table in force: the associated one, else the VPC's main table. */
  readonly routeTableId: string;
  readonly networkAclId: string;
  readonly origin?: Origin;
}
export interface RouteTable {
  readonly id: string;
  readonly vpcId: string;
  readonly routes: readonly Route[];
  readonly origin?: Origin;
}
export interface Route {
  /** A CIDR, or the id of a prefix list. */
  readonly destination: string;
  readonly target:
    | { readonly kind: 'local' }
    | {
        readonly kind:
          | 'internet-gateway'
          | 'nat-gateway'
          | 'gateway-endpoint'
          | 'network-interface'
          | 'peering'
          | 'other';
        readonly id: string;
      };
  readonly state: 'active' | 'blackhole';
  readonly origin?: Origin;
  readonly uncertain?: string;
}
export interface NetworkAcl {
  readonly id: string;
  readonly vpcId: string;
  /** Sorted by number; the implicit final deny is not listed. */
  readonly ingress: readonly AclEntry[];
  readonly egress: readonly AclEntry[];
  readonly origin?: Origin;
}
export interface AclEntry {
  readonly number: number;
  readonly action: 'allow' | 'deny';
  readonly protocol: Protocol;
  readonly cidr: string;
  /** Absent: all ports. */
  readonly ports?: PortRange;
  readonly origin?: Origin;
  readonly uncertain?: string;
}
/** `all`, or an IP protocol by its usual name, else by its number as text. */
export type Protocol = 'all' | 'tcp' | 'udp' | 'icmp' | (string & {});
export interface PortRange {
  readonly from: number;
  readonly to: number;
}
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly vpcId: string;
  readonly ingress: readonly GroupRule[];
  readonly egress: readonly GroupRule[];
  readonly origin?: Origin;
}
export interface GroupRule {
  /** `sgr-…` where the region has one. */
  readonly id?: string;
  readonly protocol: Protocol;
  /** Absent: all ports. For ICMP: type and code as AWS packs them, -1 for any. */
  readonly ports?: PortRange;
  readonly peer:
    | { readonly kind: 'cidr'; readonly cidr: string }
    | { readonly kind: 'group'; readonly groupId: string }
    | { readonly kind: 'prefix-list'; readonly prefixListId: string };
  readonly description?: string;
  readonly origin?: Origin;
  readonly uncertain?: string;
}
export interface NetworkInterface {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly privateAddress: string;
  readonly publicAddress?: string;
  readonly groupIds: readonly string[];
  /**
   * Who holds it, as AWS writes it: `arn:aws:ecs:…:attachment/…` for a task, `ELB app/NAME/ID` for a load balancer,
   * `Interface for NAT Gateway nat-…`. Interfaces with one description live in one network namespace.
   */
  readonly description: string;
  readonly sourceDestCheck: boolean;
}
export interface InternetGateway {
  readonly id: string;
  readonly vpcIds: readonly string[];
}
export interface NatGateway {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly state: string;
  readonly publicAddress?: string;
  /** Absent: public. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html */
  readonly connectivity?: 'public' | 'private';
  readonly origin?: Origin;
}
export interface VpcEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly kind: 'Gateway' | 'Interface';
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
  /** Of an interface endpoint. */
  readonly subnetIds?: readonly string[];
  readonly groupIds?: readonly string[];
  /** Whether the service's usual name leads to it from within the VPC. */
  readonly privateDns?: boolean;
  /** Whether it has a policy other than the one that allows everything. */
  readonly hasPolicy?: boolean;
  readonly origin?: Origin;
}
/** https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html */
export interface Peering {
  readonly id: string;
  readonly vpcIds: readonly [requester: string, accepter: string];
  readonly active: boolean;
}
export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}
