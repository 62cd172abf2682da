import { containsAddress, isReserved, parseAddress, parseCidr } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalid, invalidValue } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import type { InterfaceRecord, SubnetRecord } from './records.ts';
import type { Ec2 } from './state.ts';

type Given = Pick<InterfaceRecord, 'tags' | 'groupIds' | 'description' | 'interfaceType' | 'requester'> & {
  readonly privateAddress?: string;
  readonly publicAddress?: string;
};

/** Writes an interface with the wanted address, else with the lowest free one of its subnet. */
export function makeInterface(ec2: Ec2, subnet: SubnetRecord, given: Given): InterfaceRecord {
  const privateAddress = given.privateAddress
    ? wantedAddress(ec2, subnet, given.privateAddress)
    : ec2.addresses.privateAddress(subnet);
  if (!privateAddress)
    throw new ApiError(
      'InsufficientFreeAddressesInSubnet',
      'The specified subnet does not have enough free addresses to satisfy the request.',
    );
  const id = newId('eni');
  const eni: InterfaceRecord = {
    id,
    ...given,
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    zone: subnet.zone,
    privateAddress,
    macAddress: macOf(id),
    // What a NAT gateway forwards is neither from nor to itself. https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
    sourceDestCheck: given.interfaceType !== 'natGateway',
    createdAt: new Date(ec2.region.clock.now()),
  };
  ec2.tables['network-interface'].put(id, eni);
  return eni;
}

/** Locally administered, and as unlike any other as the id is. */
function macOf(id: string): string {
  const digits = id.slice(-10);
  return ['02', ...(digits.match(/../g) ?? [])].join(':');
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
function wantedAddress(ec2: Ec2, subnet: SubnetRecord, text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw invalidValue('privateIpAddress', text, 'This is not an IPv4 address.');
  const cidr = parseCidr(subnet.cidr);
  if (!cidr || !containsAddress(cidr, address))
    throw invalidValue('address', text, "Address does not fall within the subnet's address range");
  if (isReserved(cidr, address))
    throw invalidValue('address', text, "Address is in subnet's reserved address range");
  if (ec2.addresses.isUsed(subnet.id, text))
    throw new ApiError('InvalidIPAddress.InUse', `Address ${text} is in use.`);
  return text;
}

/** Five groups an interface. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST = 5;

/** The groups of an interface: known, of its network, none twice. */
export function checkedGroups(ec2: Ec2, vpcId: string, ids: readonly string[]): readonly string[] {
  const unique = [...new Set(ids)];
  if (unique.length > MOST)
    throw new ApiError(
      'SecurityGroupsPerInterfaceLimitExceeded',
      'The maximum number of security groups per interface has been reached.',
    );
  for (const id of unique)
    if (find(ec2, 'security-group', id).vpcId !== vpcId)
      throw invalid(`You have specified two resources that belong to different networks: ${id}, ${vpcId}.`);
  return unique;
}
