import type { IpPermission } from '@aws-sdk/client-ec2';

/** A rule as the three types that hold rules write it. */
export interface Rule {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly CidrIpv6?: string;
  readonly SourceSecurityGroupId?: string;
  readonly SourceSecurityGroupOwnerId?: string;
  readonly SourcePrefixListId?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly DestinationPrefixListId?: string;
  readonly Description?: string;
}

/**
 * The same rule as the operations take it.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
 */
export function permissionOf(rule: Rule): IpPermission {
  const { IpProtocol, FromPort, ToPort, CidrIp, CidrIpv6, Description } = rule;
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  const prefixList = rule.SourcePrefixListId ?? rule.DestinationPrefixListId;
  const all = IpProtocol === '-1';
  const described = Description === undefined ? {} : { Description };
  return {
    IpProtocol,
    ...(all || FromPort === undefined ? {} : { FromPort }),
    ...(all || (ToPort ?? FromPort) === undefined ? {} : { ToPort: ToPort ?? FromPort }),
    ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp, ...described }] }),
    ...(CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6, ...described }] }),
    ...(group === undefined
      ? {}
      : {
          UserIdGroupPairs: [
            {
              GroupId: group,
              ...(rule.SourceSecurityGroupOwnerId === undefined
                ? {}
                : { UserId: rule.SourceSecurityGroupOwnerId }),
              ...described,
            },
          ],
        }),
    ...(prefixList === undefined ? {} : { PrefixListIds: [{ PrefixListId: prefixList, ...described }] }),
  };
}

/** What AWS puts into a new group: everything out. https://docs.aws.amazon.com/vpc/latest/userguide/default-custom-security-groups.html */
export const everythingOut: Rule = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };
