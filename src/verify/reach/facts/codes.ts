import { allowAll } from '../../testing/topology.ts';
import { web, open, toGateway, out, type Fact } from './world.ts';

export const codes: readonly (readonly [...Fact, code: string])[] = [
  ['RA-5', 'no usable route', {}, { ...out, from: open(web) }, 'fails', 'NO_ROUTE_TO_DESTINATION'],
  ['RA-9', 'no rule applies', { api: {} }, {}, 'fails', 'ENI_SG_RULES_MISMATCH'],
  ['RA-14', 'an ACL rejects', { apiAcl: [[], [allowAll]] }, {}, 'fails', 'SUBNET_ACL_RESTRICTION'],
  [
    'RA-22',
    'no public address',
    { routes: [toGateway] },
    out,
    'fails',
    'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS',
  ],
];
