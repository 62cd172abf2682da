import type { Route } from '../../../topology/model.ts';
import { groupOf, local, placed, subnetOf } from '../../testing/topology.ts';
import {
  fromWeb,
  end,
  web,
  open,
  address,
  toGateway,
  toNat,
  out,
  nat,
  peered,
  far,
  toFar,
  toNear,
  list,
  type Fact,
} from './world.ts';

const gone: Route = { ...toNat, destination: '203.0.113.0/24', state: 'blackhole' };
export const routes: readonly Fact[] = [
  [
    'RT-1',
    'a subnet has the table that is its own',
    {
      routes: [toGateway],
      more: {
        subnets: [subnetOf(1, { routeTableId: 'rtb-x' })],
        routeTables: [{ id: 'rtb-x', vpcId: 'vpc-1', routes: [local] }],
      },
    },
    { ...out, from: open(web) },
    'fails',
  ],
  ['RT-3', 'every table has the local route', {}, {}, 'holds'],
  [
    'RT-4',
    'the longest prefix wins',
    { routes: [toGateway, gone] },
    { to: address('203.0.113.9'), from: open(web) },
    'fails',
  ],
  [
    'RT-4',
    '… for what it covers',
    { routes: [toGateway, gone] },
    { to: address('198.51.100.9'), from: open(web) },
    'holds',
  ],
  [
    'RT-4',
    '… in whatever order routes are written',
    { routes: [gone, toGateway] },
    { to: address('203.0.113.9'), from: open(web) },
    'fails',
  ],
  [
    'RT-5',
    'a route within the VPC may lead to an appliance',
    {
      routes: [
        { destination: '10.0.2.0/24', target: { kind: 'network-interface', id: 'eni-1' }, state: 'active' },
      ],
    },
    {},
    'cannot-tell',
  ],
  [
    'RT-7',
    'a static route wins over one of a list',
    {
      routes: [
        { ...gone, destination: 'pl-1' },
        { ...toGateway, destination: '203.0.113.0/24' },
      ],
      more: list('203.0.113.0/24'),
    },
    { to: address('203.0.113.9'), from: open(web) },
    'holds',
  ],
  [
    'RT-7',
    '… but a more specific one of a list wins',
    { routes: [toGateway, { ...gone, destination: 'pl-1' }], more: list('203.0.113.0/24') },
    { to: address('203.0.113.9'), from: open(web) },
    'fails',
  ],
  [
    'RT-10',
    'a route whose target is gone drops',
    { routes: [{ ...toGateway, state: 'blackhole' }] },
    { ...out, from: open(web) },
    'fails',
  ],
  [
    'RT-11',
    '… and does not fall through',
    { routes: [gone, toNat], more: nat() },
    { to: address('203.0.113.9') },
    'fails',
  ],
  [
    'RT-20',
    'within a subnet routes are not asked',
    {
      routes: [
        { destination: '10.0.1.0/24', target: { kind: 'network-interface', id: 'eni-1' }, state: 'active' },
      ],
      groups: [groupOf('sg-near', { ingress: [fromWeb] })],
    },
    { to: end(placed('near', 1, 'sg-near')) },
    'holds',
  ],
  ['RT-21', 'no way back is implied', peered([toFar], []), far, 'fails'],
  ['RT-21', '… nor there', peered([], [toNear]), far, 'fails'],
];
