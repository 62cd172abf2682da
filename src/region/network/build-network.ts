import type { Topology } from '../../topology/model.ts';
import { resolverAddress } from './compiler/addresses.ts';
import { namespaceOf } from './namespace.ts';

const holder = 'Fairway builds images';
export const buildVpcId = 'vpc-fairway-builds';

/** Where images are built: a VPC of its own, of the block for benchmarks (RFC 2544), that no user can see. */
export const buildNetwork = { namespace: namespaceOf(holder), nameServers: [resolverAddress] } as const;

const cidr = '198.19.255.240/28';
const subnetId = 'subnet-fairway-builds';
const ids = {
  acl: 'acl-fairway-builds',
  table: 'rtb-fairway-builds',
  group: 'sg-fairway-builds',
  gateway: 'igw-fairway-builds',
};
const all = { protocol: 'all', peer: { kind: 'cidr', cidr: '0.0.0.0/0' } } as const;
const entry = { number: 100, action: 'allow', protocol: 'all', cidr: '0.0.0.0/0' } as const;

/** The topology with the network for builds in it: everything may go out, nothing comes in. */
export function withBuildNetwork(topology: Topology): Topology {
  const vpcId = buildVpcId;
  return {
    ...topology,
    vpcs: [
      ...topology.vpcs,
      {
        id: vpcId,
        cidrs: [cidr],
        dnsSupport: true,
        dnsHostnames: false,
        dhcp: { domainNames: [], nameServers: ['AmazonProvidedDNS'] },
      },
    ],
    subnets: [
      ...topology.subnets,
      { id: subnetId, vpcId, cidr, zone: 'builds', routeTableId: ids.table, networkAclId: ids.acl },
    ],
    routeTables: [
      ...topology.routeTables,
      {
        id: ids.table,
        vpcId,
        routes: [
          {
            destination: '0.0.0.0/0',
            target: { kind: 'internet-gateway', id: ids.gateway },
            state: 'active',
          },
        ],
      },
    ],
    networkAcls: [...topology.networkAcls, { id: ids.acl, vpcId, ingress: [entry], egress: [entry] }],
    securityGroups: [
      ...topology.securityGroups,
      { id: ids.group, name: 'builds', vpcId, ingress: [], egress: [all] },
    ],
    interfaces: [
      ...topology.interfaces,
      {
        id: 'eni-fairway-builds',
        vpcId,
        subnetId,
        zone: 'builds',
        privateAddress: '198.19.255.244',
        publicAddress: '198.19.255.244',
        groupIds: [ids.group],
        description: holder,
        sourceDestCheck: true,
      },
    ],
    internetGateways: [...topology.internetGateways, { id: ids.gateway, vpcIds: [vpcId] }],
  };
}
