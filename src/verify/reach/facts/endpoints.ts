import { allowAll, anywhere, everything, groupOf, tcp } from '../../testing/topology.ts';
import { toNat, entry, nat, endpoint, s3, dns, logs, objects, heard, byList, type Fact } from './world.ts';

export const endpoints: readonly Fact[] = [
  ['EP-4', 'a gateway endpoint leads where the table has it', { more: endpoint(s3) }, objects, 'holds'],
  [
    'EP-4',
    '… and nowhere else',
    { more: endpoint({ ...s3, routeTableIds: ['rtb-public'] }) },
    objects,
    'fails',
  ],
  ['EP-3', '… for its own service', { more: endpoint(s3) }, logs, 'fails'],
  [
    'EP-5',
    'its prefixes win over a default route',
    { routes: [toNat], more: { ...nat({ state: 'failed' }), ...endpoint(s3) } },
    objects,
    'holds',
  ],
  [
    'EP-9',
    'groups must let it out',
    { web: { egress: [tcp(5432, anywhere)] }, more: endpoint(s3) },
    objects,
    'fails',
  ],
  [
    'EP-9',
    '… and may name its prefix list',
    {
      web: { egress: [{ ...byList, ports: { from: 443, to: 443 } }] },
      more: {
        ...endpoint(s3),
        prefixLists: [{ id: 'pl-1', name: 'com.amazonaws.eu-west-1.s3', cidrs: ['198.51.100.0/24'] }],
      },
    },
    objects,
    'holds',
  ],
  [
    'EP-9',
    'network ACLs must let replies in',
    { webAcl: [[entry(100, 'allow', 443)], [allowAll]], more: endpoint(s3) },
    objects,
    'fails',
  ],
  [
    'EP-10',
    'one of another VPC is of no use',
    { more: endpoint({ ...s3, vpcId: 'vpc-2' }) },
    objects,
    'fails',
  ],
  [
    'EP-15',
    'an interface endpoint’s own groups decide',
    { groups: heard(), more: endpoint({}) },
    logs,
    'fails',
  ],
  [
    'EP-15',
    '… and must let the clients in on 443',
    { groups: heard(tcp(443, '10.0.0.0/16')), more: endpoint({}) },
    logs,
    'holds',
  ],
  [
    'EP-15',
    '… whatever other way out there is',
    { groups: heard(), routes: [toNat], more: { ...nat(), ...endpoint({}) } },
    logs,
    'fails',
  ],
  [
    'EP-15',
    'without any it has the VPC’s default group',
    {
      groups: [groupOf('vpc-1.DefaultSecurityGroup', { ingress: [tcp(443, 'vpc-1.DefaultSecurityGroup')] })],
      more: endpoint({ groupIds: [] }),
    },
    logs,
    'fails',
  ],
  [
    'EP-18',
    'private DNS needs DNS hostnames',
    { groups: heard(everything), more: { ...endpoint({}), ...dns(true, false) } },
    logs,
    'fails',
  ],
  [
    'EP-18',
    '… and DNS support',
    { groups: heard(everything), more: { ...endpoint({}), ...dns(false, true) } },
    logs,
    'fails',
  ],
  [
    'EP-19',
    'without private DNS the name leads to the internet',
    { groups: heard(everything), more: endpoint({ privateDns: false }) },
    logs,
    'fails',
  ],
  [
    'EP-19',
    '… by whatever leads there',
    { groups: heard(), routes: [toNat], more: { ...nat(), ...endpoint({ privateDns: false }) } },
    logs,
    'holds',
  ],
];
