import type { RuleAction } from '@aws-sdk/client-ec2';
import { gone, orMissing } from '../engine/failure.ts';
import { resourceType } from './resource-type.ts';

interface Properties {
  readonly NetworkAclId: string;
  readonly RuleNumber: number;
  readonly Egress?: boolean;
  readonly Protocol: number;
  readonly RuleAction: RuleAction;
  readonly CidrBlock?: string;
  readonly Ipv6CidrBlock?: string;
  readonly PortRange?: { readonly From?: number; readonly To?: number };
  readonly Icmp?: { readonly Code?: number; readonly Type?: number };
}

function entry({ Protocol, Icmp, Egress = false, ...rest }: Properties) {
  return {
    ...rest,
    Egress,
    Protocol: String(Protocol),
    ...(Icmp === undefined ? {} : { IcmpTypeCode: Icmp }),
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html */
export const networkAclEntry = resourceType<Properties>({
  type: 'AWS::EC2::NetworkAclEntry',
  properties: [
    'NetworkAclId',
    'RuleNumber',
    'Egress',
    'Protocol',
    'RuleAction',
    'CidrBlock',
    'Ipv6CidrBlock',
    'PortRange',
    'Icmp',
  ],
  async create({ region, properties, name }) {
    await region.api.ec2.CreateNetworkAclEntry(entry(properties));
    return name;
  },
  async find({ region, properties: { NetworkAclId, RuleNumber, Egress = false }, name }) {
    const found = await orMissing(region.api.ec2.DescribeNetworkAcls({ NetworkAclIds: [NetworkAclId] }));
    const made = (found?.NetworkAcls?.[0]?.Entries ?? []).some(
      (other) => other.RuleNumber === RuleNumber && other.Egress === Egress,
    );
    return made ? name : undefined;
  },
  async sync({ region, properties, before }) {
    if (before) await region.api.ec2.ReplaceNetworkAclEntry(entry(properties));
  },
  delete: ({ region, properties: { NetworkAclId, RuleNumber, Egress = false } }) =>
    gone(region.api.ec2.DeleteNetworkAclEntry({ NetworkAclId, RuleNumber, Egress })),
});
