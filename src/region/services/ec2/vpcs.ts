import type { Vpc } from '@aws-sdk/client-ec2';
import { contains, formatCidr, parseCidr } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { combination, inUse, invalidValue, missing, notEnacted } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { Tags, VpcRecord } from './records.ts';
import { makeDefaultGroup, removeGroup } from './security-groups.ts';
import type { Ec2 } from './state.ts';
import { defaultOptions } from './dhcp-options.ts';
import { makeDefaultAcl } from './network-acls.ts';
import { tagList, tagsFor } from './tags.ts';

export function vpcItem(ec2: Ec2, record: VpcRecord): Vpc {
  return {
    VpcId: record.id,
    OwnerId: ec2.region.identity.accountId,
    State: 'available',
    CidrBlock: record.cidr,
    CidrBlockAssociationSet: [
      {
        AssociationId: record.cidrAssociationId,
        CidrBlock: record.cidr,
        CidrBlockState: { State: 'associated' },
      },
    ],
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: record.dhcpOptionsId,
    InstanceTenancy: 'default',
    IsDefault: record.isDefault,
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'vpc', Vpc> = {
  kind: 'vpc',
  item: vpcItem,
  filters: {
    'vpc-id': (vpc) => vpc.VpcId,
    cidr: (vpc) => vpc.CidrBlock,
    'cidr-block-association.association-id': (vpc) =>
      vpc.CidrBlockAssociationSet?.map(({ AssociationId }) => AssociationId),
    'cidr-block-association.cidr-block': (vpc) =>
      vpc.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock),
    'cidr-block-association.state': (vpc) =>
      vpc.CidrBlockAssociationSet?.map(({ CidrBlockState }) => CidrBlockState?.State),
    'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
    'ipv6-cidr-block-association.association-id': () => undefined,
    'ipv6-cidr-block-association.ipv6-cidr-block': () => undefined,
    'ipv6-cidr-block-association.ipv6-pool': () => undefined,
    'ipv6-cidr-block-association.state': () => undefined,
    'is-default': (vpc) => vpc.IsDefault,
    isDefault: (vpc) => vpc.IsDefault,
    'owner-id': (vpc) => vpc.OwnerId,
    state: (vpc) => vpc.State,
  },
};

export function vpcs(ec2: Ec2): Ec2Handlers {
  return {
    CreateVpc: operation(['CidrBlock', 'InstanceTenancy', 'TagSpecifications'], (input) => {
      if (input.InstanceTenancy && input.InstanceTenancy !== 'default')
        throw notEnacted(`InstanceTenancy ${input.InstanceTenancy}`);
      const tags = tagsFor('vpc', input.TagSpecifications);
      const vpc = makeVpc(ec2, vpcBlock(input.CidrBlock), { tags, isDefault: false });
      return { Vpc: { ...vpcItem(ec2, vpc), State: 'pending' } };
    }),
    DescribeVpcs: operation(['VpcIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items: Vpcs, ...rest } = describe(ec2, listing, input.VpcIds, input);
      return { Vpcs, ...rest };
    }),
    DeleteVpc: operation(['VpcId'], ({ VpcId }) => {
      deleteVpc(ec2, find(ec2, 'vpc', VpcId));
      return {};
    }),
    DescribeVpcAttribute: operation(['VpcId', 'Attribute'], ({ VpcId, Attribute }) => {
      const vpc = find(ec2, 'vpc', VpcId);
      switch (Attribute) {
        case 'enableDnsSupport':
          return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
        case 'enableDnsHostnames':
          return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
        case 'enableNetworkAddressUsageMetrics':
          return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: false } };
        default:
          throw invalidValue('attribute', Attribute, 'Unknown attribute.');
      }
    }),
    ModifyVpcAttribute: operation(['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames'], (input) => {
      const vpc = find(ec2, 'vpc', input.VpcId);
      modifyDns(ec2, vpc, input.EnableDnsSupport?.Value, input.EnableDnsHostnames?.Value);
      return {};
    }),
  };
}

/** Between /16 and /28, host bits cleared. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
function vpcBlock(text: string | undefined): string {
  if (!text) throw missing('cidrBlock');
  const cidr = parseCidr(text);
  if (!cidr) throw invalidValue('cidrBlock', text, 'This is not a valid CIDR block.');
  const linkLocal = parseCidr('169.254.0.0/16');
  if (cidr.prefix < 16 || cidr.prefix > 28 || (linkLocal && contains(linkLocal, cidr)))
    throw new ApiError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`);
  return formatCidr(cidr);
}

/**
 * A VPC comes with a main route table, a network ACL and a security group. They are written first, so that a VPC that is there has them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function makeVpc(
  ec2: Ec2,
  cidr: string,
  { tags, isDefault }: { readonly tags: Tags; readonly isDefault: boolean },
): VpcRecord {
  const id = newId('vpc');
  const routeTableId = newId('rtb');
  const associationId = newId('rtbassoc');
  ec2.tables['route-table'].put(routeTableId, { id: routeTableId, tags: {}, vpcId: id, routes: [] });
  ec2.tables['route-table-association'].put(associationId, { id: associationId, vpcId: id, routeTableId });
  makeDefaultAcl(ec2, id);
  makeDefaultGroup(ec2, id);
  const vpc: VpcRecord = {
    id,
    tags,
    cidr,
    cidrAssociationId: newId('vpc-cidr-assoc'),
    dhcpOptionsId: defaultOptions(ec2).id,
    dnsSupport: true,
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
    dnsHostnames: isDefault,
    isDefault,
  };
  ec2.tables.vpc.put(id, vpc);
  return vpc;
}

/** What a VPC came with goes with it; everything else has to be gone. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
function deleteVpc(ec2: Ec2, { id }: VpcRecord): void {
  const groups = ec2.by.groupsOfVpc.get(id);
  const here = ({ vpcId }: { readonly vpcId?: string }) => vpcId === id;
  const tables = [...ec2.tables['route-table'].values()].filter(here);
  const associations = ec2.by.tableAssociationsOfVpc.get(id);
  const main = associations.find(({ subnetId }) => !subnetId)?.routeTableId;
  const acls = [...ec2.tables['network-acl'].values()].filter(here);
  const depends =
    ec2.by.subnetsOfVpc.has(id) ||
    groups.some(({ name }) => name !== 'default') ||
    tables.some((table) => table.id !== main) ||
    acls.some(({ isDefault }) => !isDefault) ||
    [...ec2.tables['internet-gateway'].values()].some(here) ||
    [...ec2.tables['vpc-endpoint'].values()].some(here);
  if (depends) throw inUse('vpc', id);
  ec2.tables.vpc.delete(id);
  for (const group of groups) removeGroup(ec2, group);
  for (const association of associations) ec2.tables['route-table-association'].delete(association.id);
  for (const table of tables) ec2.tables['route-table'].delete(table.id);
  for (const acl of acls) ec2.tables['network-acl'].delete(acl.id);
}

/** One attribute a call; host names need the resolver. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
function modifyDns(
  ec2: Ec2,
  vpc: VpcRecord,
  support: boolean | undefined,
  hostnames: boolean | undefined,
): void {
  if (support !== undefined && hostnames !== undefined)
    throw combination('Fields EnableDnsSupport and EnableDnsHostnames cannot be set in one call.');
  if (hostnames && !vpc.dnsSupport)
    throw invalidValue('enableDnsHostnames', hostnames, 'DNS host names need enableDnsSupport to be true.');
  if (support !== undefined) ec2.tables.vpc.patch(vpc.id, { dnsSupport: support });
  if (hostnames !== undefined) ec2.tables.vpc.patch(vpc.id, { dnsHostnames: hostnames });
}
