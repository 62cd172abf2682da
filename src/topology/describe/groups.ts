import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { collect, type DescribeAnswers } from '../answers.ts';
import type { GroupRule, NotModelled, PortRange, Protocol, SecurityGroup } from '../model.ts';
import { hasPorts, isIcmp, protocolFrom } from './protocols.ts';

export function groupsFrom(answers: DescribeAnswers, left: NotModelled[]): readonly SecurityGroup[] {
  const byGroup = answers.DescribeSecurityGroupRules && rulesByGroup(answers, left);
  return collect(answers.DescribeSecurityGroups, 'SecurityGroups').map((group) => {
    const { GroupId: id = '', GroupName: name = '', VpcId: vpcId = '' } = group;
    const rules = byGroup
      ? byGroup.get(id)
      : {
          ingress: (group.IpPermissions ?? []).flatMap((each) => fromPermission(id, each, left)),
          egress: (group.IpPermissionsEgress ?? []).flatMap((each) => fromPermission(id, each, left)),
        };
    return { id, name, vpcId, ingress: rules?.ingress ?? [], egress: rules?.egress ?? [] };
  });
}

type Both = { ingress: GroupRule[]; egress: GroupRule[] };

function rulesByGroup(answers: DescribeAnswers, left: NotModelled[]): ReadonlyMap<string, Both> {
  const groups = new Map<string, Both>();
  for (const rule of collect(answers.DescribeSecurityGroupRules, 'SecurityGroupRules')) {
    const id = rule.GroupId ?? '';
    let both = groups.get(id);
    if (!both) groups.set(id, (both = { ingress: [], egress: [] }));
    const peer = peerOf(rule);
    if (peer) (rule.IsEgress ? both.egress : both.ingress).push(ruleFrom(rule, peer));
    else left.push({ id, what: `rule ${rule.SecurityGroupRuleId} for ${rule.CidrIpv6} (IPv6)` });
  }
  return groups;
}

function peerOf(rule: SecurityGroupRule): GroupRule['peer'] | undefined {
  if (rule.CidrIpv4) return { kind: 'cidr', cidr: rule.CidrIpv4 };
  if (rule.ReferencedGroupInfo?.GroupId) return { kind: 'group', groupId: rule.ReferencedGroupInfo.GroupId };
  if (rule.PrefixListId) return { kind: 'prefix-list', prefixListId: rule.PrefixListId };
  return undefined;
}

const read = new WeakMap<SecurityGroupRule, GroupRule>();

/** A region that hands in the same object again means the same rule by it: thousands of them are read after each change. */
function ruleFrom(rule: SecurityGroupRule, peer: GroupRule['peer']): GroupRule {
  const known = read.get(rule);
  if (known) return known;
  const made = makeRule(rule, peer);
  read.set(rule, made);
  return made;
}

function makeRule(rule: SecurityGroupRule, peer: GroupRule['peer']): GroupRule {
  const protocol = protocolFrom(rule.IpProtocol);
  const ports = portsOf(protocol, rule.FromPort, rule.ToPort);
  return {
    ...(rule.SecurityGroupRuleId ? { id: rule.SecurityGroupRuleId } : {}),
    protocol,
    ...(ports ? { ports } : {}),
    peer,
    ...(rule.Description ? { description: rule.Description } : {}),
  };
}

/** One permission folds all the peers of one protocol and range. */
function fromPermission(
  groupId: string,
  permission: IpPermission,
  left: NotModelled[],
): readonly GroupRule[] {
  const protocol = protocolFrom(permission.IpProtocol);
  const ports = portsOf(protocol, permission.FromPort, permission.ToPort);
  for (const { CidrIpv6 } of permission.Ipv6Ranges ?? [])
    left.push({ id: groupId, what: `rule for ${CidrIpv6} (IPv6)` });
  const rule = (peer: GroupRule['peer'], description: string | undefined): GroupRule => ({
    protocol,
    ...(ports ? { ports } : {}),
    peer,
    ...(description ? { description } : {}),
  });
  return [
    ...(permission.IpRanges ?? []).map((range) =>
      rule({ kind: 'cidr', cidr: range.CidrIp ?? '' }, range.Description),
    ),
    ...(permission.UserIdGroupPairs ?? []).map((pair) =>
      rule({ kind: 'group', groupId: pair.GroupId ?? '' }, pair.Description),
    ),
    ...(permission.PrefixListIds ?? []).map((list) =>
      rule({ kind: 'prefix-list', prefixListId: list.PrefixListId ?? '' }, list.Description),
    ),
  ];
}

/**
 * ICMP keeps its type and code with -1 for any; TCP and UDP without a range, and every other protocol, mean all ports.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 */
function portsOf(
  protocol: Protocol,
  from: number | undefined,
  to: number | undefined,
): PortRange | undefined {
  if (isIcmp(protocol)) return { from: from ?? -1, to: to ?? -1 };
  if (!hasPorts(protocol) || from === undefined || from < 0) return undefined;
  return { from, to: to ?? from };
}
