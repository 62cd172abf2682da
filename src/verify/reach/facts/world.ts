import type {
  AclEntry,
  GroupRule,
  NatGateway,
  Route,
  SecurityGroup,
  Topology,
  VpcEndpoint,
} from '../../../topology/model.ts';
import {
  aclOf,
  allowAll,
  anywhere,
  groupOf,
  local,
  placed,
  routeTo,
  subnetOf,
  tcp,
  topologyOf,
} from '../../testing/topology.ts';
import type { End, Path, Placement, Question } from '../model.ts';

/**
 * What AWS's pages say, written by hand: each line is a fact of shared/aws/network.md by its id, a world, a question and what the
 * answer must be. The graphs are written out here, so that a fault in what builds them cannot hide.
 */
export type Verdict = Path['verdict'];
export interface World {
  readonly web?: Partial<SecurityGroup>;
  readonly api?: Partial<SecurityGroup>;
  readonly groups?: readonly SecurityGroup[];
  /** Of the subnet of web, 10.0.1.0/24, and of the subnet of api, 10.0.2.0/24. */
  readonly webAcl?: readonly [readonly AclEntry[], readonly AclEntry[]];
  readonly apiAcl?: readonly [readonly AclEntry[], readonly AclEntry[]];
  readonly routes?: readonly Route[];
  readonly more?: Partial<Topology>;
}

export const fromWeb = tcp(5000, 'sg-web');
export function worldOf({
  web = {},
  api = { ingress: [fromWeb] },
  groups = [],
  webAcl,
  apiAcl,
  routes = [],
  more = {},
}: World) {
  const all = [[allowAll], [allowAll]] as const;
  return topologyOf({
    subnets: [
      subnetOf(1, { networkAclId: 'acl-web' }),
      subnetOf(2, { networkAclId: 'acl-api' }),
      subnetOf(3, { routeTableId: 'rtb-public', networkAclId: 'acl-public' }),
    ],
    networkAcls: [
      aclOf('acl-web', ...(webAcl ?? all)),
      aclOf('acl-api', ...(apiAcl ?? all)),
      aclOf('acl-public', ...all),
    ],
    routeTables: [
      { id: 'rtb-1', vpcId: 'vpc-1', routes: [local, ...routes] },
      { id: 'rtb-public', vpcId: 'vpc-1', routes: [local, toGateway] },
    ],
    securityGroups: [groupOf('sg-web', web), groupOf('sg-api', api), ...groups],
    ...more,
  });
}

export const end = (placement: Placement): End => ({ kind: 'placement', placement });
export const web = placed('web', 1, 'sg-web');
export const api = placed('api', 2, 'sg-api');
export const open = (placement: Placement): End => end({ ...placement, hasPublicAddress: true });
export const internet: End = { kind: 'internet' };
export const address = (text: string): End => ({ kind: 'address', address: text });
export const aws = (service: string): End => ({ kind: 'aws-service', service });
export const toGateway = routeTo('internet-gateway', 'igw-1');
export const toNat = routeTo('nat-gateway', 'nat-1');
export const out = { to: internet, port: 443 } as const;
export const inward = { from: internet, to: open(api) } as const;

export const rule = (protocol: string, from: number, to: number, cidr = '0.0.0.0/0'): GroupRule => ({
  protocol,
  ports: { from, to },
  peer: { kind: 'cidr', cidr },
});
export const entry = (
  number: number,
  action: 'allow' | 'deny',
  from: number,
  to = from,
  cidr = '0.0.0.0/0',
  protocol = 'tcp',
): AclEntry => ({
  number,
  action,
  protocol,
  ports: { from, to },
  cidr,
});
export const nat = (more: Partial<NatGateway> = {}): Partial<Topology> => ({
  natGateways: [{ id: 'nat-1', vpcId: 'vpc-1', subnetId: 'subnet-3', state: 'available', ...more }],
});
export const publicAcl = (ingress: readonly AclEntry[], egress: readonly AclEntry[]): Partial<Topology> => ({
  ...nat(),
  networkAcls: [
    aclOf('acl-web', [allowAll], [allowAll]),
    aclOf('acl-api', [allowAll], [allowAll]),
    aclOf('acl-public', ingress, egress),
  ],
});
export const endpoint = (more: Partial<VpcEndpoint>): Partial<Topology> => ({
  endpoints: [
    {
      id: 'vpce-1',
      vpcId: 'vpc-1',
      kind: 'Interface',
      serviceName: 'com.amazonaws.eu-west-1.logs',
      routeTableIds: [],
      subnetIds: ['subnet-2'],
      groupIds: ['sg-endpoint'],
      privateDns: true,
      ...more,
    },
  ],
});
export const s3 = {
  kind: 'Gateway',
  serviceName: 'com.amazonaws.eu-west-1.s3',
  routeTableIds: ['rtb-1'],
} as const;
export const dns = (dnsSupport: boolean, dnsHostnames: boolean): Partial<Topology> => ({
  vpcs: topologyOf().vpcs.map((vpc) => ({ ...vpc, dnsSupport, dnsHostnames })),
});
export const logs = { to: aws('logs'), port: 443 } as const;
export const objects = { to: aws('s3'), port: 443 } as const;
export const heard = (...ingress: GroupRule[]) => [groupOf('sg-endpoint', { ingress })];

/** A second VPC, 10.1.0.0/16, with one subnet and a task in it. */
export function peered(
  there: readonly Route[],
  back: readonly Route[],
  active = true,
  ingress = [tcp(5000, '10.0.1.0/24')],
): World {
  const base = topologyOf();
  return {
    routes: there,
    groups: [{ ...groupOf('sg-far', { ingress }), vpcId: 'vpc-2' }],
    more: {
      vpcs: [...base.vpcs, { ...base.vpcs[0]!, id: 'vpc-2', cidrs: ['10.1.0.0/16'] }],
      subnets: [
        subnetOf(1, { networkAclId: 'acl-web' }),
        subnetOf(9, {
          vpcId: 'vpc-2',
          cidr: '10.1.9.0/24',
          routeTableId: 'rtb-far',
          networkAclId: 'acl-api',
        }),
      ],
      routeTables: [
        { id: 'rtb-1', vpcId: 'vpc-1', routes: [local, ...there] },
        { id: 'rtb-far', vpcId: 'vpc-2', routes: [{ ...local, destination: '10.1.0.0/16' }, ...back] },
      ],
      peerings: [{ id: 'pcx-1', vpcIds: ['vpc-1', 'vpc-2'], active }],
    },
  };
}
export const far = { to: end({ ...placed('far', 9, 'sg-far'), vpcId: 'vpc-2' }) } as const;
export const toFar = routeTo('peering', 'pcx-1', '10.1.0.0/16');
export const toNear = routeTo('peering', 'pcx-1', '10.0.0.0/16');
export const list = (...cidrs: string[]): Partial<Topology> => ({
  prefixLists: [{ id: 'pl-1', name: 'ours', cidrs }],
});
export const byList: GroupRule = {
  ...tcp(5000, anywhere),
  peer: { kind: 'prefix-list', prefixListId: 'pl-1' },
};
export const balancer = { ...placed('alb', 1, 'sg-web'), ephemeralPorts: { from: 1024, to: 65_535 } };

export type Fact = readonly [
  id: string,
  says: string,
  world: World,
  question: Partial<Question>,
  verdict: Verdict,
];
