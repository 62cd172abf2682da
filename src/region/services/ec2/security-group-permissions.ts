import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { canonicalCidr } from '../../../topology/cidr.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalid, missing, notEnacted } from './errors.ts';
import type { FilterNames } from './filters.ts';
import { find } from './find.ts';
import { canonicalIpv6Cidr } from './ipv6-cidr.ts';
import { findPrefixList } from './prefix-lists.ts';
import type { RuleRecord, SecurityGroupRecord } from './records.ts';
import type { Ec2 } from './state.ts';

/** What a rule says, without whose it is. */
export type RuleBody = Pick<RuleRecord, 'protocol' | 'from' | 'to' | 'peer' | 'description'>;

/** Rules of one protocol and range are shown as one permission. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
export function fold(rules: readonly RuleRecord[], accountId: string): IpPermission[] {
  const folded = new Map<string, Required<Pick<IpPermission, Lists>> & IpPermission>();
  for (const { protocol, from, to, peer, description } of rules) {
    const key = `${protocol} ${from} ${to}`;
    const ports = protocol === '-1' ? {} : { FromPort: from, ToPort: to };
    const permission = folded.get(key) ?? {
      IpProtocol: protocol,
      ...ports,
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    folded.set(key, permission);
    const said = description === undefined ? {} : { Description: description };
    if (peer.kind === 'cidr') permission.IpRanges?.push({ CidrIp: peer.cidr, ...said });
    else if (peer.kind === 'ipv6-cidr') permission.Ipv6Ranges?.push({ CidrIpv6: peer.cidr, ...said });
    else if (peer.kind === 'group')
      permission.UserIdGroupPairs?.push({ GroupId: peer.groupId, UserId: accountId, ...said });
    else permission.PrefixListIds?.push({ PrefixListId: peer.prefixListId, ...said });
  }
  return [...folded.values()];
}
type Lists = 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function permissionFilters(
  prefix: string,
  read: (group: SecurityGroup) => readonly IpPermission[] | undefined,
): FilterNames<SecurityGroup> {
  const each = <T>(values: (permission: IpPermission) => readonly T[]) => {
    return (group: SecurityGroup) => (read(group) ?? []).flatMap(values);
  };
  return {
    [`${prefix}.cidr`]: each(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)),
    [`${prefix}.from-port`]: each(({ FromPort }) => [FromPort]),
    [`${prefix}.to-port`]: each(({ ToPort }) => [ToPort]),
    [`${prefix}.protocol`]: each(({ IpProtocol }) => [IpProtocol]),
    [`${prefix}.group-id`]: each(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map((pair) => pair.GroupId)),
    [`${prefix}.group-name`]: each(({ UserIdGroupPairs = [] }) =>
      UserIdGroupPairs.map((pair) => pair.GroupName),
    ),
    [`${prefix}.user-id`]: each(({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map((pair) => pair.UserId)),
    [`${prefix}.prefix-list-id`]: each(({ PrefixListIds = [] }) =>
      PrefixListIds.map((list) => list.PrefixListId),
    ),
    [`${prefix}.ipv6-cidr`]: each(({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)),
  };
}

/** The rules that permissions in a request spell out: one a peer. */
export function unfold(
  ec2: Ec2,
  group: SecurityGroupRecord,
  permissions: readonly IpPermission[],
): readonly RuleBody[] {
  return permissions.flatMap((permission) => {
    const range = rangeOf(permission);
    const peers = peersOf(ec2, group, permission);
    if (peers.length === 0)
      throw missing('ipPermissions.ipRanges, ipv6Ranges, userIdGroupPairs or prefixListIds');
    return peers.map(({ peer, description }) => {
      if (description !== undefined && !/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(description))
        throw invalid(
          `Invalid rule description '${description}'. Valid descriptions are strings less than 256 characters from the following set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*`,
        );
      return { ...range, peer, ...(description ? { description } : {}) };
    });
  });
}

interface PeerGiven {
  readonly peer: RuleRecord['peer'];
  readonly description: string | undefined;
}

function peersOf(ec2: Ec2, group: SecurityGroupRecord, permission: IpPermission): readonly PeerGiven[] {
  const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
  return [
    ...IpRanges.map(({ CidrIp: text = '', Description: description }) => {
      // Host bits are cleared. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
      const cidr = canonicalCidr(text);
      if (!cidr) throw invalid(`CIDR block ${text} is malformed`);
      return { peer: { kind: 'cidr', cidr } as const, description };
    }),
    ...Ipv6Ranges.map(({ CidrIpv6: text = '', Description: description }) => {
      const cidr = canonicalIpv6Cidr(text);
      if (!cidr) throw invalid(`CIDR block ${text} is malformed`);
      return { peer: { kind: 'ipv6-cidr', cidr } as const, description };
    }),
    ...UserIdGroupPairs.map((pair) => {
      if (pair.UserId && pair.UserId !== ec2.region.identity.accountId)
        throw notEnacted(`A group of another account (${pair.UserId})`);
      const named = pair.GroupId
        ? find(ec2, 'security-group', pair.GroupId)
        : ec2.by.groupsOfVpc.get(group.vpcId).find(({ name }) => name === pair.GroupName);
      if (!named)
        throw new ApiError('InvalidGroup.NotFound', `The security group '${pair.GroupName}' does not exist`);
      // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
      if (named.vpcId !== group.vpcId)
        throw new ApiError(
          'InvalidGroup.NotFound',
          'You have specified two resources that belong to different networks.',
        );
      return { peer: { kind: 'group', groupId: named.id } as const, description: pair.Description };
    }),
    ...PrefixListIds.map(({ PrefixListId, Description: description }) => {
      const { id } = findPrefixList(ec2, PrefixListId);
      return { peer: { kind: 'prefix-list', prefixListId: id } as const, description };
    }),
  ];
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  all: '-1',
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
};

/**
 * TCP and UDP need a range, ICMP a type and a code; every other protocol means all, whatever is sent.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
export function rangeOf(permission: IpPermission): Pick<RuleBody, 'protocol' | 'from' | 'to'> {
  if (!permission.IpProtocol) throw missing('ipProtocol');
  const given = permission.IpProtocol.toLowerCase();
  const protocol = PROTOCOLS[given] ?? given;
  const { FromPort: from, ToPort: to } = permission;
  if (protocol === 'tcp' || protocol === 'udp') {
    if (from === undefined || to === undefined)
      throw invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    // The whole range is also written as -1.
    if (from === -1 && to === -1) return { protocol, from: 0, to: 65535 };
    if (from < 0 || to > 65535 || from > to) throw invalid(`Invalid TCP/UDP port range (${from}:${to})`);
    return { protocol, from, to };
  }
  if (protocol === 'icmp') {
    if (from === undefined || to === undefined)
      throw invalid("Invalid value 'ICMP type and code must be specified.' for portRange.");
    if (from < -1 || from > 255 || to < -1 || to > 255)
      throw invalid(`Invalid ICMP type and code (${from}:${to})`);
    if (from === -1 && to !== -1) throw invalid('ICMP type -1 (all types) requires code -1 (all codes)');
    return { protocol, from, to };
  }
  if (protocol === 'icmpv6') throw notEnacted('Protocol icmpv6');
  if (protocol !== '-1' && !(/^[0-9]{1,3}$/.test(protocol) && Number(protocol) <= 255))
    throw invalid(`Invalid value '${permission.IpProtocol}' for IP protocol. Unknown protocol.`);
  return { protocol, from: -1, to: -1 };
}

/** Whether two rules say the same; the description does not count. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
export const sameRule = (one: RuleBody, other: RuleBody): boolean => keyOf(one) === keyOf(other);

export function keyOf({ protocol, from, to, peer }: RuleBody): string {
  return `${protocol} ${from} ${to} ${peerText(peer)}`;
}

export function peerText(peer: RuleRecord['peer']): string {
  if (peer.kind === 'cidr' || peer.kind === 'ipv6-cidr') return peer.cidr;
  return peer.kind === 'group' ? peer.groupId : peer.prefixListId;
}
