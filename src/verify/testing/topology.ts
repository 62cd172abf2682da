import type {
  AclEntry,
  GroupRule,
  NetworkAcl,
  Route,
  SecurityGroup,
  Subnet,
  Topology,
} from '../../topology/model.ts';
import type { Placement } from '../reach/model.ts';

export const anywhere = { kind: 'cidr', cidr: '0.0.0.0/0' } as const;
export const everything: GroupRule = { protocol: 'all', peer: anywhere };
export const allowAll: AclEntry = { number: 100, action: 'allow', protocol: 'all', cidr: '0.0.0.0/0' };
export const local: Route = { destination: '10.0.0.0/16', target: { kind: 'local' }, state: 'active' };
export const routeTo = (
  kind: 'internet-gateway' | 'nat-gateway' | 'peering' | 'gateway-endpoint' | 'other',
  id: string,
  destination = '0.0.0.0/0',
): Route => ({ destination, target: { kind, id }, state: 'active' });
export const tcp = (port: number, peer: GroupRule['peer'] | string): GroupRule => ({
  protocol: 'tcp',
  ports: { from: port, to: port },
  peer:
    typeof peer !== 'string'
      ? peer
      : peer.includes('/')
        ? { kind: 'cidr', cidr: peer }
        : { kind: 'group', groupId: peer },
});
export const groupOf = (
  id: string,
  { ingress = [], egress = [everything] }: Partial<SecurityGroup> = {},
): SecurityGroup => ({ id, name: id, vpcId: 'vpc-1', ingress, egress });
export const subnetOf = (number: number, more: Partial<Subnet> = {}): Subnet => ({
  id: `subnet-${number}`,
  vpcId: 'vpc-1',
  cidr: `10.0.${number}.0/24`,
  zone: `z${number % 2}`,
  routeTableId: 'rtb-1',
  networkAclId: 'acl-1',
  ...more,
});
export const aclOf = (id: string, ingress: readonly AclEntry[], egress: readonly AclEntry[]): NetworkAcl => ({
  id,
  vpcId: 'vpc-1',
  ingress,
  egress,
});
export const placed = (name: string, subnet: number, ...groupIds: string[]): Placement => ({
  name,
  vpcId: 'vpc-1',
  subnetId: `subnet-${subnet}`,
  groupIds,
  hasPublicAddress: false,
});

/** One VPC with two subnets, an attached internet gateway and an ACL that lets everything pass. */
export const topologyOf = (more: Partial<Topology> = {}): Topology => ({
  vpcs: [
    {
      id: 'vpc-1',
      cidrs: ['10.0.0.0/16'],
      dnsSupport: true,
      dnsHostnames: true,
      dhcp: { domainNames: [], nameServers: ['AmazonProvidedDNS'] },
    },
  ],
  subnets: [subnetOf(1), subnetOf(2)],
  routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', routes: [local] }],
  networkAcls: [aclOf('acl-1', [allowAll], [allowAll])],
  securityGroups: [],
  interfaces: [],
  internetGateways: [{ id: 'igw-1', vpcIds: ['vpc-1'] }],
  natGateways: [],
  endpoints: [],
  prefixLists: [],
  ...more,
});
