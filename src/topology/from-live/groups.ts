import type * as ec2 from '@aws-sdk/client-ec2';
import { collect } from '../answers.ts';
import type { LiveAnswers } from './answers.ts';
import { present, resource, type Resource } from './resource.ts';

/** A list without rules would mean the one that lets everything out; this one lets nothing out that is meant for another. */
const NOTHING = { IpProtocol: '-1', CidrIp: '127.0.0.1/32' };

/** Security groups with their rules. */
export function groupsFrom(answers: LiveAnswers): Resource[] {
  return collect(answers.DescribeSecurityGroups, 'SecurityGroups').map((group) => {
    const {
      GroupId: id = '',
      GroupName,
      Description,
      VpcId,
      IpPermissions = [],
      IpPermissionsEgress = [],
    } = group;
    const egress = IpPermissionsEgress.flatMap((permission) => rules(permission, 'Destination'));
    return resource(id, 'AWS::EC2::SecurityGroup', {
      GroupName,
      GroupDescription: Description,
      VpcId,
      SecurityGroupIngress: IpPermissions.flatMap((permission) => rules(permission, 'Source')),
      SecurityGroupEgress: egress.length > 0 ? egress : [NOTHING],
    });
  });
}

/** One permission folds all the peers of one protocol and range. */
function rules(permission: ec2.IpPermission, side: 'Source' | 'Destination'): Record<string, unknown>[] {
  const { IpProtocol, FromPort, ToPort } = permission;
  const rule = (peer: Readonly<Record<string, unknown>>) =>
    present({ IpProtocol, FromPort, ToPort, ...peer });
  return [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => rule({ CidrIp, Description })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => rule({ CidrIpv6, Description })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) =>
      rule({ [`${side}SecurityGroupId`]: GroupId, Description }),
    ),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) =>
      rule({ [`${side}PrefixListId`]: PrefixListId, Description }),
    ),
  ];
}
