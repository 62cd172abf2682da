import type { SecurityGroupRuleUpdate } from '@aws-sdk/client-ec2';
import { ApiError } from '../../gateway/api-error.ts';
import { missing } from './errors.ts';
import { find } from './find.ts';
import type { RuleRecord, SecurityGroupRecord } from './records.ts';
import { sameRule, unfold } from './security-group-permissions.ts';
import type { Ec2 } from './state.ts';

/** A rule as ModifySecurityGroupRules wants it: all of it is said anew. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export function modifyRule(
  ec2: Ec2,
  group: SecurityGroupRecord,
  { SecurityGroupRuleId, SecurityGroupRule: wanted }: SecurityGroupRuleUpdate,
): RuleRecord {
  const before = find(ec2, 'security-group-rule', SecurityGroupRuleId);
  if (before.groupId !== group.id)
    throw new ApiError(
      'InvalidSecurityGroupRuleId.NotFound',
      `The security group rule ID '${before.id}' does not exist`,
    );
  if (!wanted) throw missing('securityGroupRule');
  const { CidrIpv4: CidrIp, CidrIpv6, PrefixListId, ReferencedGroupId: GroupId, Description } = wanted;
  const [body] = unfold(ec2, group, [
    {
      IpProtocol: wanted.IpProtocol,
      FromPort: wanted.FromPort,
      ToPort: wanted.ToPort,
      IpRanges: CidrIp ? [{ CidrIp, Description }] : [],
      Ipv6Ranges: CidrIpv6 ? [{ CidrIpv6, Description }] : [],
      PrefixListIds: PrefixListId ? [{ PrefixListId, Description }] : [],
      UserIdGroupPairs: GroupId ? [{ GroupId, Description }] : [],
    },
  ]);
  if (!body) throw missing('securityGroupRule');
  const others = ec2.by.rulesOfGroup.get(group.id).filter(({ id }) => id !== before.id);
  if (others.some((rule) => rule.egress === before.egress && sameRule(rule, body)))
    throw new ApiError('InvalidPermission.Duplicate', 'the specified rule already exists');
  const { id, tags, groupId, egress } = before;
  return { id, tags, groupId, egress, ...body };
}
