import { ApiError } from '../../gateway/api-error.ts';
import { missing } from './errors.ts';
import type { Kind, Kinds } from './records.ts';
import type { Ec2 } from './state.ts';

interface Naming {
  readonly prefix: string;
  /** Parameter that holds the id. */
  readonly parameter: string;
  readonly notFound: string;
  readonly malformed: string;
  /** `The vpc ID` of "The vpc ID 'vpc-…' does not exist". */
  readonly noun: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const NAMING: { readonly [K in Kind]: Naming } = {
  vpc: naming('vpc', 'vpcId', 'InvalidVpcID', 'vpc ID'),
  subnet: naming('subnet', 'subnetId', 'InvalidSubnetID', 'subnet ID'),
  'route-table': naming('rtb', 'routeTableId', 'InvalidRouteTableID', 'routeTable ID'),
  'route-table-association': naming('rtbassoc', 'associationId', 'InvalidAssociationID', 'association ID'),
  'internet-gateway': naming('igw', 'internetGatewayId', 'InvalidInternetGatewayID', 'internetGateway ID'),
  natgateway: {
    ...naming('nat', 'natGatewayId', 'NatGateway', 'Nat Gateway'),
    notFound: 'NatGatewayNotFound',
    malformed: 'NatGatewayMalformed',
  },
  'elastic-ip': naming('eipalloc', 'allocationId', 'InvalidAllocationID', 'allocation ID'),
  'security-group': {
    ...naming('sg', 'groupId', 'InvalidGroup', 'security group'),
    malformed: 'InvalidGroupId.Malformed',
  },
  'security-group-rule': naming(
    'sgr',
    'securityGroupRuleId',
    'InvalidSecurityGroupRuleId',
    'security group rule ID',
  ),
  'network-acl': naming('acl', 'networkAclId', 'InvalidNetworkAclID', 'networkAcl ID'),
  'network-acl-association': naming('aclassoc', 'associationId', 'InvalidAssociationID', 'association ID'),
  'network-interface': naming(
    'eni',
    'networkInterfaceId',
    'InvalidNetworkInterfaceID',
    'networkInterface ID',
  ),
  'vpc-endpoint': naming('vpce', 'vpcEndpointId', 'InvalidVpcEndpointId', 'Vpc Endpoint Id'),
  'dhcp-options': {
    ...naming('dopt', 'dhcpOptionsId', 'InvalidDhcpOptionID', 'dhcpOption ID'),
    malformed: 'InvalidDhcpOptionsId.Malformed',
  },
};

function naming(prefix: string, parameter: string, code: string, noun: string): Naming {
  return { prefix, parameter, noun, notFound: `${code}.NotFound`, malformed: `${code}.Malformed` };
}

/** The record that an id in a request names. */
export function find<K extends Kind>(ec2: Ec2, kind: K, id: string | undefined): Readonly<Kinds[K]> {
  const { prefix, parameter, notFound, malformed, noun } = NAMING[kind];
  if (!id) throw missing(parameter);
  const record = ec2.tables[kind].get(id);
  if (record) return record;
  if (!id.startsWith(`${prefix}-`))
    throw new ApiError(malformed, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  throw new ApiError(
    notFound,
    kind === 'natgateway' ? `The Nat Gateway ${id} was not found` : `The ${noun} '${id}' does not exist`,
  );
}

/** The kind of a resource by its id's prefix, for tags. */
export function kindOf(id: string): Kind | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  return (Object.keys(NAMING) as Kind[]).find((kind) => NAMING[kind].prefix === prefix);
}
