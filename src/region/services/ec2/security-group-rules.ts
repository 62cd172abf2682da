import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { combination, invalid, missing } from './errors.ts';
import { find } from './find.ts';
import { newId } from './ids.ts';
import { operation, type Ec2Handlers } from './operation.ts';
import { describe, type Listing } from './pages.ts';
import type { RuleRecord, SecurityGroupRecord, Tags } from './records.ts';
import { fold, keyOf, peerText, sameRule, unfold, type RuleBody } from './security-group-permissions.ts';
import { modifyRule } from './security-group-rule-changes.ts';
import { namedGroup } from './security-groups.ts';
import type { Ec2 } from './state.ts';
import { tagList, tagsFor } from './tags.ts';

const described = new WeakMap<RuleRecord, SecurityGroupRule>();

/** A rule's answer follows from its record alone, so it is made once for each. */
export function ruleItem(ec2: Ec2, record: RuleRecord): SecurityGroupRule {
  const known = described.get(record);
  if (known) return known;
  const { accountId, region } = ec2.region.identity;
  const { peer } = record;
  const item: SecurityGroupRule = {
    SecurityGroupRuleId: record.id,
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${record.id}`,
    GroupId: record.groupId,
    GroupOwnerId: accountId,
    IsEgress: record.egress,
    IpProtocol: record.protocol,
    FromPort: record.from,
    ToPort: record.to,
    ...(peer.kind === 'cidr' ? { CidrIpv4: peer.cidr } : {}),
    ...(peer.kind === 'ipv6-cidr' ? { CidrIpv6: peer.cidr } : {}),
    ...(peer.kind === 'prefix-list' ? { PrefixListId: peer.prefixListId } : {}),
    ...(peer.kind === 'group' ? { ReferencedGroupInfo: { GroupId: peer.groupId, UserId: accountId } } : {}),
    ...(record.description === undefined ? {} : { Description: record.description }),
    Tags: tagList(record.tags),
  };
  described.set(record, item);
  return item;
}

const listing: Listing<'security-group-rule', SecurityGroupRule> = {
  kind: 'security-group-rule',
  item: ruleItem,
  filters: {
    'group-id': (rule) => rule.GroupId,
    'security-group-rule-id': (rule) => rule.SecurityGroupRuleId,
  },
};

export function securityGroupRules(ec2: Ec2): Ec2Handlers {
  return {
    AuthorizeSecurityGroupIngress: operation([...FLAT, 'GroupName', 'TagSpecifications'], (input) => {
      const group = groupOf(ec2, input.GroupId, input.GroupName);
      return authorize(ec2, group, false, input);
    }),
    AuthorizeSecurityGroupEgress: operation([...FLAT, 'TagSpecifications'], (input) =>
      authorize(ec2, groupOf(ec2, input.GroupId, undefined), true, input),
    ),
    RevokeSecurityGroupIngress: operation([...FLAT, 'GroupName', 'SecurityGroupRuleIds'], (input) => {
      const group = groupOf(ec2, input.GroupId, input.GroupName);
      return revoke(ec2, group, false, input);
    }),
    RevokeSecurityGroupEgress: operation([...FLAT, 'SecurityGroupRuleIds'], (input) =>
      revoke(ec2, groupOf(ec2, input.GroupId, undefined), true, input),
    ),
    DescribeSecurityGroupRules: operation(
      ['SecurityGroupRuleIds', 'Filters', 'MaxResults', 'NextToken'],
      (input) => {
        const { items, ...rest } = describe(ec2, listing, input.SecurityGroupRuleIds, input);
        return { SecurityGroupRules: items, ...rest };
      },
    ),
    ModifySecurityGroupRules: operation(['GroupId', 'SecurityGroupRules'], (input) => {
      const group = find(ec2, 'security-group', input.GroupId);
      if (!input.SecurityGroupRules || input.SecurityGroupRules.length === 0)
        throw missing('securityGroupRules');
      const changed = input.SecurityGroupRules.map((update) => modifyRule(ec2, group, update));
      for (const rule of changed) ec2.tables['security-group-rule'].put(rule.id, rule);
      return { Return: true };
    }),
    UpdateSecurityGroupRuleDescriptionsIngress: operation(
      ['GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
      (input) => describeRules(ec2, groupOf(ec2, input.GroupId, input.GroupName), false, input),
    ),
    UpdateSecurityGroupRuleDescriptionsEgress: operation(
      ['GroupId', 'GroupName', 'IpPermissions', 'SecurityGroupRuleDescriptions'],
      (input) => describeRules(ec2, groupOf(ec2, input.GroupId, input.GroupName), true, input),
    ),
  };
}

const FLAT = ['GroupId', 'IpPermissions', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp'] as const;
interface Given {
  readonly IpPermissions?: IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
}

function groupOf(ec2: Ec2, id: string | undefined, name: string | undefined): SecurityGroupRecord {
  return id || !name ? find(ec2, 'security-group', id) : namedGroup(ec2, name);
}

/** One rule may be written without a list. */
function permissionsOf({ IpPermissions, IpProtocol, FromPort, ToPort, CidrIp }: Given): IpPermission[] {
  const flat = [IpProtocol, FromPort, ToPort, CidrIp].some((value) => value !== undefined);
  if (IpPermissions && IpPermissions.length > 0) {
    if (flat) throw combination('The parameter ipPermissions may not be used with other rule parameters');
    return IpPermissions;
  }
  if (!flat) throw missing('ipPermissions');
  return [{ IpProtocol, FromPort, ToPort, IpRanges: CidrIp === undefined ? [] : [{ CidrIp }] }];
}

/** All of the rules or none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
function authorize(
  ec2: Ec2,
  group: SecurityGroupRecord,
  egress: boolean,
  input: Given & { readonly TagSpecifications?: Parameters<typeof tagsFor>[1] | undefined },
) {
  const bodies = unfold(ec2, group, permissionsOf(input));
  const tags: Tags = tagsFor('security-group-rule', input.TagSpecifications);
  if (new Set(bodies.map(keyOf)).size < bodies.length)
    throw invalid('The same permission must not appear multiple times');
  const present = ec2.by.rulesOfGroup.get(group.id).filter((rule) => rule.egress === egress);
  const taken = bodies.find((body) => present.some((rule) => sameRule(rule, body)));
  if (taken)
    throw new ApiError('InvalidPermission.Duplicate', `the specified rule "${said(taken)}" already exists`);
  checkQuota([...present, ...bodies]);
  const rules = bodies.map((body) => ({ id: newId('sgr'), tags, groupId: group.id, egress, ...body }));
  for (const rule of rules) ec2.tables['security-group-rule'].put(rule.id, rule);
  return { Return: true, SecurityGroupRules: rules.map((rule) => ruleItem(ec2, rule)) };
}

/**
 * A direction; the prefix lists of S3 and DynamoDB count as one each. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
const MOST = 60;
function checkQuota(rules: readonly RuleBody[]): void {
  if (rules.length > MOST)
    throw new ApiError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
}

function said({ protocol, from, to, peer }: RuleBody): string {
  const name = protocol === '-1' ? 'ALL' : protocol.toUpperCase();
  const ports = from === -1 && to === -1 ? '' : `from port: ${from}, to port: ${to}, `;
  return `peer: ${peerText(peer)}, ${name}, ${ports}ALLOW`;
}

function revoke(
  ec2: Ec2,
  group: SecurityGroupRecord,
  egress: boolean,
  input: Given & { readonly SecurityGroupRuleIds?: string[] | undefined },
) {
  const present = ec2.by.rulesOfGroup.get(group.id).filter((rule) => rule.egress === egress);
  const ids = input.SecurityGroupRuleIds ?? [];
  const found: RuleRecord[] = [];
  const unknown: RuleBody[] = [];
  if (ids.length > 0) {
    for (const id of ids) {
      const rule = find(ec2, 'security-group-rule', id);
      if (!present.includes(rule))
        throw new ApiError(
          'InvalidSecurityGroupRuleId.NotFound',
          `The security group rule ID '${id}' does not exist`,
        );
      found.push(rule);
    }
  } else
    for (const body of unfold(ec2, group, permissionsOf(input))) {
      const rule = present.find((each) => sameRule(each, body));
      if (rule) found.push(rule);
      else unknown.push(body);
    }
  // Only a default VPC forgives what is not there. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
  if (unknown.length > 0 && !ec2.tables.vpc.get(group.vpcId)?.isDefault)
    throw new ApiError(
      'InvalidPermission.NotFound',
      'The specified rule does not exist in this security group.',
    );
  for (const { id } of found) ec2.tables['security-group-rule'].delete(id);
  const missed = unknown.map((body) => ({ id: '', tags: {}, groupId: group.id, egress, ...body }));
  return {
    Return: true,
    UnknownIpPermissions: fold(missed, ec2.region.identity.accountId),
    RevokedSecurityGroupRules: found.map((rule) => {
      const {
        SecurityGroupRuleArn: _arn,
        GroupOwnerId: _owner,
        Tags: _tags,
        ...revoked
      } = ruleItem(ec2, rule);
      return { ...revoked, ReferencedGroupId: revoked.ReferencedGroupInfo?.GroupId };
    }),
  };
}

/** Only descriptions change; an absent one removes it. */
function describeRules(
  ec2: Ec2,
  group: SecurityGroupRecord,
  egress: boolean,
  input: {
    readonly IpPermissions?: IpPermission[] | undefined;
    readonly SecurityGroupRuleDescriptions?:
      | readonly { SecurityGroupRuleId?: string | undefined; Description?: string | undefined }[]
      | undefined;
  },
) {
  const present = ec2.by.rulesOfGroup.get(group.id).filter((rule) => rule.egress === egress);
  const change = (rule: RuleRecord | undefined, description: string | undefined): RuleRecord => {
    if (!rule)
      throw new ApiError(
        'InvalidPermission.NotFound',
        'The specified rule does not exist in this security group.',
      );
    const { description: _before, ...bare } = rule;
    return { ...bare, ...(description ? { description } : {}) };
  };
  const changed = [
    ...(input.SecurityGroupRuleDescriptions ?? []).map(({ SecurityGroupRuleId, Description }) =>
      change(
        present.find(({ id }) => id === SecurityGroupRuleId),
        Description,
      ),
    ),
    ...unfold(ec2, group, input.IpPermissions ?? []).map((body) =>
      change(
        present.find((each) => sameRule(each, body)),
        body.description,
      ),
    ),
  ];
  if (changed.length === 0) throw missing('ipPermissions');
  for (const rule of changed) ec2.tables['security-group-rule'].put(rule.id, rule);
  return { Return: true };
}
