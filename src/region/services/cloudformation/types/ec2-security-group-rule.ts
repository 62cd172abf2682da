import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Region } from '../../../region.ts';
import { gone, orMissing } from '../engine/failure.ts';
import { changed } from './changes.ts';
import { permissionOf, type Rule } from './ec2-rules.ts';
import { resourceType, type Context } from './resource-type.ts';

type Properties = Rule & { readonly GroupId: string };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html */
export const securityGroupIngress = resourceType<Properties>({
  type: 'AWS::EC2::SecurityGroupIngress',
  properties: [
    'GroupId',
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIp',
    'CidrIpv6',
    'SourceSecurityGroupId',
    'SourceSecurityGroupOwnerId',
    'SourcePrefixListId',
    'Description',
  ],
  async create({ region, properties }) {
    const { SecurityGroupRules } = await region.api.ec2.AuthorizeSecurityGroupIngress({
      GroupId: properties.GroupId,
      IpPermissions: [permissionOf(properties)],
    });
    return SecurityGroupRules![0]!.SecurityGroupRuleId!;
  },
  find: (context) => findRule(context, false),
  async sync(existing) {
    const { region, physicalId, properties } = existing;
    if (existing.before && changed(existing, 'Description'))
      await region.api.ec2.UpdateSecurityGroupRuleDescriptionsIngress({
        GroupId: properties.GroupId,
        SecurityGroupRuleDescriptions: [
          { SecurityGroupRuleId: physicalId, Description: properties.Description },
        ],
      });
  },
  delete: ({ region, physicalId, properties }) =>
    gone(
      region.api.ec2.RevokeSecurityGroupIngress({
        GroupId: properties.GroupId,
        SecurityGroupRuleIds: [physicalId],
      }),
    ),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html */
export const securityGroupEgress = resourceType<Properties>({
  type: 'AWS::EC2::SecurityGroupEgress',
  properties: [
    'GroupId',
    'IpProtocol',
    'FromPort',
    'ToPort',
    'CidrIp',
    'CidrIpv6',
    'DestinationSecurityGroupId',
    'DestinationPrefixListId',
    'Description',
  ],
  async create({ region, properties }) {
    const { SecurityGroupRules } = await region.api.ec2.AuthorizeSecurityGroupEgress({
      GroupId: properties.GroupId,
      IpPermissions: [permissionOf(properties)],
    });
    return SecurityGroupRules![0]!.SecurityGroupRuleId!;
  },
  find: (context) => findRule(context, true),
  async sync(existing) {
    const { region, physicalId, properties } = existing;
    if (existing.before && changed(existing, 'Description'))
      await region.api.ec2.UpdateSecurityGroupRuleDescriptionsEgress({
        GroupId: properties.GroupId,
        SecurityGroupRuleDescriptions: [
          { SecurityGroupRuleId: physicalId, Description: properties.Description },
        ],
      });
  },
  delete: ({ region, physicalId, properties }) =>
    gone(
      region.api.ec2.RevokeSecurityGroupEgress({
        GroupId: properties.GroupId,
        SecurityGroupRuleIds: [physicalId],
      }),
    ),
});

/** A group holds no two equal rules, so the equal one is the one. */
async function findRule(context: Context<Properties>, egress: boolean): Promise<string | undefined> {
  const { properties, others } = context;
  const rules = await rulesOf(context.region, properties.GroupId);
  const wanted = permissionOf(properties);
  const found = rules.find(
    (rule) =>
      rule.IsEgress === egress &&
      !others.includes(rule.SecurityGroupRuleId!) &&
      rule.IpProtocol === wanted.IpProtocol &&
      (rule.FromPort ?? -1) === (wanted.FromPort ?? -1) &&
      (rule.ToPort ?? -1) === (wanted.ToPort ?? -1) &&
      rule.CidrIpv4 === properties.CidrIp &&
      rule.CidrIpv6 === properties.CidrIpv6 &&
      rule.ReferencedGroupInfo?.GroupId === wanted.UserIdGroupPairs?.[0]?.GroupId &&
      rule.PrefixListId === wanted.PrefixListIds?.[0]?.PrefixListId,
  );
  return found?.SecurityGroupRuleId;
}

async function rulesOf(region: Region, groupId: string): Promise<SecurityGroupRule[]> {
  const found = await orMissing(
    region.api.ec2.DescribeSecurityGroupRules({ Filters: [{ Name: 'group-id', Values: [groupId] }] }),
  );
  return found?.SecurityGroupRules ?? [];
}
