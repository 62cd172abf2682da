/** What the region remembers of each kind of resource. A record is replaced whole; what others determine is not in it. */
export interface Kinds {
  readonly vpc: VpcRecord;
  readonly subnet: SubnetRecord;
  readonly 'route-table': RouteTableRecord;
  readonly 'route-table-association': RouteTableAssociation;
  readonly 'internet-gateway': InternetGatewayRecord;
  readonly natgateway: NatGatewayRecord;
  readonly 'elastic-ip': AddressRecord;
  readonly 'security-group': SecurityGroupRecord;
  readonly 'security-group-rule': RuleRecord;
  readonly 'network-acl': NetworkAclRecord;
  readonly 'network-acl-association': NetworkAclAssociation;
  readonly 'network-interface': InterfaceRecord;
  readonly 'vpc-endpoint': EndpointRecord;
  readonly 'dhcp-options': DhcpOptionsRecord;
}
export type Kind = keyof Kinds;

export type Tags = Readonly<Record<string, string>>;
interface Tagged {
  readonly id: string;
  readonly tags: Tags;
}

export interface VpcRecord extends Tagged {
  readonly cidr: string;
  readonly cidrAssociationId: string;
  /** An id, or `default` for a VPC without options. */
  readonly dhcpOptionsId: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
  readonly isDefault: boolean;
}
export interface SubnetRecord extends Tagged {
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  readonly mapPublicIpOnLaunch: boolean;
  readonly defaultForAz: boolean;
}
export interface RouteTableRecord extends Tagged {
  readonly vpcId: string;
  /** The customer's own; local routes and those of gateway endpoints follow from the VPC and the endpoints. */
  readonly routes: readonly StoredRoute[];
}
export interface StoredRoute {
  /** A CIDR or the id of a prefix list. */
  readonly destination: string;
  readonly target: string;
}
export interface RouteTableAssociation {
  readonly id: string;
  readonly routeTableId: string;
  readonly vpcId: string;
  /** Absent: the VPC's main association. */
  readonly subnetId?: string;
}
export interface InternetGatewayRecord extends Tagged {
  readonly vpcId?: string;
}
export interface NatGatewayRecord extends Tagged {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly connectivity: 'public' | 'private';
  readonly state: 'pending' | 'failed' | 'available' | 'deleting' | 'deleted';
  readonly failure?: { readonly code: string; readonly message: string };
  readonly interfaceId?: string;
  readonly privateAddress?: string;
  readonly allocationId?: string;
  readonly publicAddress?: string;
  readonly createdAt: Date;
  readonly deletedAt?: Date;
}
export interface AddressRecord extends Tagged {
  readonly address: string;
  readonly association?: {
    readonly id: string;
    readonly interfaceId: string;
    readonly privateAddress: string;
  };
}
export interface SecurityGroupRecord extends Tagged {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
}
export interface RuleRecord extends Tagged {
  readonly groupId: string;
  readonly egress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1`, or a number. */
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly peer:
    | { readonly kind: 'cidr'; readonly cidr: string }
    /** Without effect: no interface has an IPv6 address. */
    | { readonly kind: 'ipv6-cidr'; readonly cidr: string }
    | { readonly kind: 'group'; readonly groupId: string }
    | { readonly kind: 'prefix-list'; readonly prefixListId: string };
  readonly description?: string;
}
export interface NetworkAclRecord extends Tagged {
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly entries: readonly AclEntryRecord[];
}
export interface AclEntryRecord {
  readonly number: number;
  readonly egress: boolean;
  readonly action: 'allow' | 'deny';
  /** A number as text, -1 for all. */
  readonly protocol: string;
  readonly cidr: string;
  readonly ports?: { readonly from: number; readonly to: number };
  readonly icmp?: { readonly type: number; readonly code: number };
}
export interface NetworkAclAssociation {
  readonly id: string;
  readonly networkAclId: string;
  readonly vpcId: string;
  readonly subnetId: string;
}
export interface InterfaceRecord extends Tagged {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly privateAddress: string;
  /** The automatic one; an Elastic IP knows its interface by itself. */
  readonly publicAddress?: string;
  readonly macAddress: string;
  readonly groupIds: readonly string[];
  readonly description: string;
  readonly sourceDestCheck: boolean;
  /** Set where a service made it on the customer's behalf. */
  readonly requester?: Requester;
  readonly interfaceType: 'interface' | 'natGateway';
  readonly createdAt: Date;
}
export type Requester = 'ecs' | 'elasticloadbalancing' | 'ec2' | 'elasticfilesystem';
export interface EndpointRecord extends Tagged {
  readonly vpcId: string;
  readonly serviceName: string;
  readonly prefixListId: string;
  readonly routeTableIds: readonly string[];
  readonly policy: string;
  readonly createdAt: Date;
}
export interface DhcpOptionsRecord extends Tagged {
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** The set that every VPC starts with. */
  readonly isDefault: boolean;
}
