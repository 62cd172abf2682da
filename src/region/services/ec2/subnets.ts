import type { Subnet } from '@aws-sdk/client-ec2';
import { contains, formatCidr, overlaps, parseCidr, size } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { inUse, invalidValue, missing, notEnacted } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { defaultAcl } from './network-acls.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { SubnetRecord, Tags, VpcRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';
import { zonesOf } from './zones.ts';

export function subnetItem(ec2: Ec2, record: SubnetRecord): Subnet {
  const { region, accountId } = ec2.region.identity;
  return {
    SubnetId: record.id,
    SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${record.id}`,
    VpcId: record.vpcId,
    OwnerId: accountId,
    State: 'available',
    CidrBlock: record.cidr,
    AvailabilityZone: record.zone,
    AvailabilityZoneId: zonesOf(region).find(({ name }) => name === record.zone)?.id,
    AvailableIpAddressCount: available(ec2, record),
    MapPublicIpOnLaunch: record.mapPublicIpOnLaunch,
    DefaultForAz: record.defaultForAz,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    MapCustomerOwnedIpOnLaunch: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: tagList(record.tags),
  };
}

/** Five addresses of a block are nobody's. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
function available(ec2: Ec2, { id, cidr }: SubnetRecord): number {
  const block = parseCidr(cidr);
  return block ? size(block) - 5 - ec2.by.interfacesOfSubnet.get(id).length : 0;
}

const listing: Listing<'subnet', Subnet> = {
  kind: 'subnet',
  item: subnetItem,
  filters: {
    'subnet-id': (subnet) => subnet.SubnetId,
    'subnet-arn': (subnet) => subnet.SubnetArn,
    'vpc-id': (subnet) => subnet.VpcId,
    'availability-zone': (subnet) => subnet.AvailabilityZone,
    availabilityZone: (subnet) => subnet.AvailabilityZone,
    'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
    availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
    'available-ip-address-count': (subnet) => subnet.AvailableIpAddressCount,
    'cidr-block': (subnet) => subnet.CidrBlock,
    cidr: (subnet) => subnet.CidrBlock,
    cidrBlock: (subnet) => subnet.CidrBlock,
    'customer-owned-ipv4-pool': () => undefined,
    'default-for-az': (subnet) => subnet.DefaultForAz,
    defaultForAz: (subnet) => subnet.DefaultForAz,
    'enable-dns64': (subnet) => subnet.EnableDns64,
    'enable-lni-at-device-index': () => undefined,
    'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
    'ipv6-cidr-block-association.association-id': () => undefined,
    'ipv6-cidr-block-association.state': () => undefined,
    'ipv6-native': (subnet) => subnet.Ipv6Native,
    'map-customer-owned-ip-on-launch': (subnet) => subnet.MapCustomerOwnedIpOnLaunch,
    'map-public-ip-on-launch': (subnet) => subnet.MapPublicIpOnLaunch,
    'outpost-arn': () => undefined,
    'owner-id': (subnet) => subnet.OwnerId,
    'private-dns-name-options-on-launch.hostname-type': (subnet) =>
      subnet.PrivateDnsNameOptionsOnLaunch?.HostnameType,
    'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => false,
    'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => false,
    state: (subnet) => subnet.State,
  },
};

export function subnets(ec2: Ec2): Ec2Handlers {
  return {
    CreateSubnet: operation(
      ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications'],
      (input) => {
        const vpc = find(ec2, 'vpc', input.VpcId);
        const cidr = subnetBlock(ec2, vpc, input.CidrBlock);
        const zone = zoneOf(ec2, input.AvailabilityZone, input.AvailabilityZoneId);
        const tags = tagsFor('subnet', input.TagSpecifications);
        const subnet = makeSubnet(ec2, vpc.id, { cidr, zone, tags, isDefault: false });
        return { Subnet: { ...subnetItem(ec2, subnet), State: 'pending' } };
      },
    ),
    DescribeSubnets: operation(['SubnetIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items: Subnets, ...rest } = describe(ec2, listing, input.SubnetIds, input);
      return { Subnets, ...rest };
    }),
    ModifySubnetAttribute: operation(
      ['SubnetId', 'MapPublicIpOnLaunch', 'PrivateDnsHostnameTypeOnLaunch'],
      (input) => {
        const subnet = find(ec2, 'subnet', input.SubnetId);
        const type = input.PrivateDnsHostnameTypeOnLaunch;
        if (type && type !== 'ip-name') throw notEnacted(`PrivateDnsHostnameTypeOnLaunch ${type}`);
        const map = input.MapPublicIpOnLaunch?.Value;
        if (map !== undefined) ec2.tables.subnet.patch(subnet.id, { mapPublicIpOnLaunch: map });
        return {};
      },
    ),
    DeleteSubnet: operation(['SubnetId'], ({ SubnetId }) => {
      const { id } = find(ec2, 'subnet', SubnetId);
      // https://docs.aws.amazon.com/vpc/latest/userguide/subnet-deleting.html
      if (ec2.by.interfacesOfSubnet.has(id)) throw inUse('subnet', id);
      const routes = ec2.by.tableAssociationOfSubnet.get(id);
      const acls = ec2.by.aclAssociationOfSubnet.get(id);
      ec2.tables.subnet.delete(id);
      for (const association of routes) ec2.tables['route-table-association'].delete(association.id);
      for (const association of acls) ec2.tables['network-acl-association'].delete(association.id);
      return {};
    }),
  };
}

/** Within the VPC, /16 to /28, apart from its siblings. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
function subnetBlock(ec2: Ec2, vpc: VpcRecord, text: string | undefined): string {
  if (!text) throw missing('cidrBlock');
  const cidr = parseCidr(text);
  if (!cidr) throw invalidValue('cidrBlock', text, 'This is not a valid CIDR block.');
  const outer = parseCidr(vpc.cidr);
  if (cidr.prefix < 16 || cidr.prefix > 28 || !outer || !contains(outer, cidr))
    throw new ApiError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  for (const sibling of ec2.by.subnetsOfVpc.get(vpc.id)) {
    const other = parseCidr(sibling.cidr);
    if (other && overlaps(other, cidr))
      throw new ApiError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
  }
  return formatCidr(cidr);
}

function zoneOf(ec2: Ec2, name: string | undefined, id: string | undefined): string {
  const zones = zonesOf(ec2.region.identity.region);
  const zone = name || id ? zones.find((each) => each.name === name || each.id === id) : zones[0];
  if (zone) return zone.name;
  const known = zones.map((each) => (name ? each.name : each.id)).join(', ');
  throw invalidValue(
    name ? 'availabilityZone' : 'availabilityZoneId',
    name ?? id,
    `Subnets can currently only be created in the following availability zones: ${known}.`,
  );
}

/** A subnet has the VPC's default ACL until it is given another. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html */
export function makeSubnet(
  ec2: Ec2,
  vpcId: string,
  given: { readonly cidr: string; readonly zone: string; readonly tags: Tags; readonly isDefault: boolean },
): SubnetRecord {
  const { cidr, zone, tags, isDefault } = given;
  const id = newId('subnet');
  const associationId = newId('aclassoc');
  const networkAclId = defaultAcl(ec2, vpcId).id;
  const subnet: SubnetRecord = {
    id,
    tags,
    vpcId,
    cidr,
    zone,
    mapPublicIpOnLaunch: isDefault,
    defaultForAz: isDefault,
  };
  ec2.tables['network-acl-association'].put(associationId, {
    id: associationId,
    networkAclId,
    vpcId,
    subnetId: id,
  });
  ec2.tables.subnet.put(id, subnet);
  return subnet;
}
