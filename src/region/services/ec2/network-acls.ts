import type { NetworkAcl } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { inUse, invalid } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { entryFrom, entryItem, implicitEntries } from './network-acl-entries.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { AclEntryRecord, NetworkAclRecord } from './records.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

export function aclItem(ec2: Ec2, record: NetworkAclRecord): NetworkAcl {
  return {
    NetworkAclId: record.id,
    VpcId: record.vpcId,
    OwnerId: ec2.region.identity.accountId,
    IsDefault: record.isDefault,
    Associations: ec2.by.aclAssociationsOfAcl.get(record.id).map(({ id, networkAclId, subnetId }) => ({
      NetworkAclAssociationId: id,
      NetworkAclId: networkAclId,
      SubnetId: subnetId,
    })),
    Entries: [...record.entries.map(entryItem), ...implicitEntries],
    Tags: tagList(record.tags),
  };
}

const listing: Listing<'network-acl', NetworkAcl> = {
  kind: 'network-acl',
  item: aclItem,
  filters: {
    'network-acl-id': (acl) => acl.NetworkAclId,
    'vpc-id': (acl) => acl.VpcId,
    default: (acl) => acl.IsDefault,
    'owner-id': (acl) => acl.OwnerId,
    'association.association-id': (acl) => acl.Associations?.map((each) => each.NetworkAclAssociationId),
    'association.network-acl-id': (acl) => acl.Associations?.map((each) => each.NetworkAclId),
    'association.subnet-id': (acl) => acl.Associations?.map((each) => each.SubnetId),
    'entry.cidr': (acl) => acl.Entries?.map((entry) => entry.CidrBlock),
    'entry.egress': (acl) => acl.Entries?.map((entry) => entry.Egress),
    'entry.icmp.code': (acl) => acl.Entries?.map((entry) => entry.IcmpTypeCode?.Code),
    'entry.icmp.type': (acl) => acl.Entries?.map((entry) => entry.IcmpTypeCode?.Type),
    'entry.ipv6-cidr': () => undefined,
    'entry.port-range.from': (acl) => acl.Entries?.map((entry) => entry.PortRange?.From),
    'entry.port-range.to': (acl) => acl.Entries?.map((entry) => entry.PortRange?.To),
    'entry.protocol': (acl) => acl.Entries?.map((entry) => entry.Protocol),
    'entry.rule-action': (acl) => acl.Entries?.map((entry) => entry.RuleAction),
    'entry.rule-number': (acl) => acl.Entries?.map((entry) => entry.RuleNumber),
  },
};

/** Twenty rules a direction, the implicit one included. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST = 20;

export function networkAcls(ec2: Ec2): Ec2Handlers {
  return {
    CreateNetworkAcl: operation(['VpcId', 'TagSpecifications', 'ClientToken'], (input) => {
      const vpc = find(ec2, 'vpc', input.VpcId);
      const tags = tagsFor('network-acl', input.TagSpecifications);
      // A custom ACL denies everything until it has rules. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
      const acl: NetworkAclRecord = { id: newId('acl'), tags, vpcId: vpc.id, isDefault: false, entries: [] };
      ec2.tables['network-acl'].put(acl.id, acl);
      return { NetworkAcl: aclItem(ec2, acl) };
    }),
    DescribeNetworkAcls: operation(['NetworkAclIds', 'Filters', 'MaxResults', 'NextToken'], (input) => {
      const { items: NetworkAcls, ...rest } = describe(ec2, listing, input.NetworkAclIds, input);
      return { NetworkAcls, ...rest };
    }),
    DeleteNetworkAcl: operation(['NetworkAclId'], ({ NetworkAclId }) => {
      const { id, isDefault } = find(ec2, 'network-acl', NetworkAclId);
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html
      if (isDefault) throw invalid(`cannot delete default network ACL ${id}`);
      if (ec2.by.aclAssociationsOfAcl.has(id)) throw inUse('networkAcl', id);
      ec2.tables['network-acl'].delete(id);
      return {};
    }),
    CreateNetworkAclEntry: operation(ENTRY, (input) => {
      const acl = find(ec2, 'network-acl', input.NetworkAclId);
      const entry = entryFrom(input);
      if (acl.entries.some((each) => same(each, entry)))
        throw new ApiError(
          'NetworkAclEntryAlreadyExists',
          `The network acl entry identified by ${entry.number} already exists.`,
        );
      if (acl.entries.filter(({ egress }) => egress === entry.egress).length + 1 >= MOST)
        throw new ApiError('NetworkAclEntryLimitExceeded', `The maximum of ${MOST} entries is reached.`);
      putEntries(ec2, acl, [...acl.entries, entry]);
      return {};
    }),
    ReplaceNetworkAclEntry: operation(ENTRY, (input) => {
      const acl = find(ec2, 'network-acl', input.NetworkAclId);
      const entry = entryFrom(input);
      putEntries(ec2, acl, [...without(acl, entry), entry]);
      return {};
    }),
    DeleteNetworkAclEntry: operation(['NetworkAclId', 'RuleNumber', 'Egress'], (input) => {
      const acl = find(ec2, 'network-acl', input.NetworkAclId);
      putEntries(ec2, acl, without(acl, { number: input.RuleNumber ?? 0, egress: input.Egress ?? false }));
      return {};
    }),
    ReplaceNetworkAclAssociation: operation(['AssociationId', 'NetworkAclId'], (input) => {
      const before = find(ec2, 'network-acl-association', input.AssociationId);
      const acl = find(ec2, 'network-acl', input.NetworkAclId);
      if (acl.vpcId !== before.vpcId)
        throw invalid(`network ACL ${acl.id} and subnet ${before.subnetId} belong to different networks`);
      // Replacing by the same ACL changes nothing. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html
      if (acl.id === before.networkAclId) return { NewAssociationId: before.id };
      const id = newId('aclassoc');
      ec2.tables['network-acl-association'].put(id, { ...before, id, networkAclId: acl.id });
      ec2.tables['network-acl-association'].delete(before.id);
      return { NewAssociationId: id };
    }),
  };
}

const ENTRY = [
  'NetworkAclId',
  'RuleNumber',
  'Egress',
  'RuleAction',
  'Protocol',
  'CidrBlock',
  'PortRange',
  'IcmpTypeCode',
] as const;

type Numbered = Pick<AclEntryRecord, 'number' | 'egress'>;
const same = (one: Numbered, other: Numbered) => one.number === other.number && one.egress === other.egress;

function without(acl: NetworkAclRecord, entry: Numbered): readonly AclEntryRecord[] {
  const left = acl.entries.filter((each) => !same(each, entry));
  if (left.length < acl.entries.length) return left;
  throw new ApiError(
    'InvalidNetworkAclEntry.NotFound',
    `The network acl entry identified by ${entry.number} does not exist.`,
  );
}

function putEntries(ec2: Ec2, acl: NetworkAclRecord, entries: readonly AclEntryRecord[]): void {
  const sorted = [...entries].sort((a, b) => Number(b.egress) - Number(a.egress) || a.number - b.number);
  ec2.tables['network-acl'].patch(acl.id, { entries: sorted });
}

/** Rule 100 allows all, both ways. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html */
export function makeDefaultAcl(ec2: Ec2, vpcId: string): void {
  const all = { number: 100, action: 'allow', protocol: '-1', cidr: '0.0.0.0/0' } as const;
  const entries = [true, false].map((egress) => ({ ...all, egress }));
  const id = newId('acl');
  ec2.tables['network-acl'].put(id, { id, tags: {}, vpcId, isDefault: true, entries });
}

export function defaultAcl(ec2: Ec2, vpcId: string): NetworkAclRecord {
  for (const acl of ec2.tables['network-acl'].values()) if (acl.isDefault && acl.vpcId === vpcId) return acl;
  throw new Error(`VPC ${vpcId} has no default network ACL`);
}
