/**
 * What a deployment means as a network: one immutable graph, built from a region's Describe* answers (and later from
 * templates). The packet filter of the local region is compiled from it, so ids are AWS ids and CIDRs are text.
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
  /** What a region has and this graph cannot say, IPv6 above all; absent: nothing. */
  readonly notModelled?: readonly NotModelled[];
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
}
export interface RouteTable {
  readonly id: string;
  readonly vpcId: string;
  readonly routes: readonly Route[];
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
}
export interface NetworkAcl {
  readonly id: string;
  readonly vpcId: string;
  /** Sorted by number; the implicit final deny is not listed. */
  readonly ingress: readonly AclEntry[];
  readonly egress: readonly AclEntry[];
}
export interface AclEntry {
  readonly number: number;
  readonly action: 'allow' | 'deny';
  readonly protocol: Protocol;
  readonly cidr: string;
  /** Absent: all ports. */
  readonly ports?: PortRange;
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
}
export interface VpcEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly kind: 'Gateway' | 'Interface';
  readonly serviceName: string;
  readonly routeTableIds: readonly string[];
}
export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: readonly string[];
}
