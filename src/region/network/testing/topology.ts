import type {
  AclEntry,
  GroupRule,
  NetworkInterface,
  Route,
  SecurityGroup,
  Subnet,
  Topology,
  Vpc,
} from '../../../topology/model.ts';

export const emptyTopology: Topology = {
  vpcs: [],
  subnets: [],
  routeTables: [],
  networkAcls: [],
  securityGroups: [],
  interfaces: [],
  internetGateways: [],
  natGateways: [],
  endpoints: [],
  prefixLists: [],
};

export const anywhere = { kind: 'cidr', cidr: '0.0.0.0/0' } as const;
export const everything: GroupRule = { protocol: 'all', peer: anywhere };
export const allowAll: AclEntry = { number: 100, action: 'allow', protocol: 'all', cidr: '0.0.0.0/0' };
export const tcpFrom = (groupId: string, port: number): GroupRule => ({
  protocol: 'tcp',
  ports: { from: port, to: port },
  peer: { kind: 'group', groupId },
});

export function vpcOf(id: string, cidr = '10.0.0.0/16'): Vpc {
  return {
    id,
    cidrs: [cidr],
    dnsSupport: true,
    dnsHostnames: true,
    dhcp: { domainNames: ['ec2.internal'], nameServers: ['AmazonProvidedDNS'] },
  };
}
export function groupOf(
  id: string,
  { vpcId = 'vpc-1', ingress = [], egress = [everything], name = '' }: Partial<SecurityGroup> = {},
): SecurityGroup {
  return { id, name, vpcId, ingress, egress };
}
export function interfaceOf(
  name: string,
  privateAddress: string,
  groupIds: readonly string[],
  more: Partial<NetworkInterface> = {},
): NetworkInterface {
  return {
    id: `eni-${name}`,
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    zone: 'a',
    privateAddress,
    groupIds,
    description: name,
    sourceDestCheck: true,
    ...more,
  };
}
export const localRoute = (cidr = '10.0.0.0/16'): Route => ({
  destination: cidr,
  target: { kind: 'local' },
  state: 'active',
});
export const routeTo = (
  kind: 'internet-gateway' | 'nat-gateway' | 'gateway-endpoint' | 'peering',
  id: string,
  destination = '0.0.0.0/0',
): Route => ({ destination, target: { kind, id }, state: 'active' });

/** Subnets 10.0.N.0/24 for N of `numbers`, all with table rtb-1 and ACL acl-1 unless said otherwise. */
export function subnetOf(number: number, more: Partial<Subnet> = {}): Subnet {
  return {
    id: `subnet-${number}`,
    vpcId: 'vpc-1',
    cidr: `10.0.${number}.0/24`,
    zone: 'a',
    routeTableId: 'rtb-1',
    networkAclId: 'acl-1',
    ...more,
  };
}

/** A VPC of two subnets in which all is allowed but what groups say; with what a test wants to be otherwise. */
export function topologyOf(more: Partial<Topology>): Topology {
  return {
    ...emptyTopology,
    vpcs: [vpcOf('vpc-1')],
    subnets: [subnetOf(1), subnetOf(2)],
    routeTables: [{ id: 'rtb-1', vpcId: 'vpc-1', routes: [localRoute()] }],
    networkAcls: [{ id: 'acl-1', vpcId: 'vpc-1', ingress: [allowAll], egress: [allowAll] }],
    ...more,
  };
}
