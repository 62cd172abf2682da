import type { NetworkAcl as DescribedAcl, NetworkAclEntry } from '@aws-sdk/client-ec2';
import type { AclEntry, NetworkAcl, NotModelled } from '../model.ts';
import { hasPorts, isIcmp, protocolFrom } from './protocols.ts';

/** The implicit last deny is shown with this number. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const LAST = 32767;

export function aclFrom(acl: DescribedAcl, left: NotModelled[]): NetworkAcl {
  const { NetworkAclId: id = '', VpcId: vpcId = '', Entries = [] } = acl;
  const direction = (egress: boolean) =>
    Entries.filter((entry) => (entry.Egress ?? false) === egress && (entry.RuleNumber ?? 0) < LAST)
      .flatMap((entry) => entryFrom(id, entry, left))
      .sort((a, b) => a.number - b.number);
  return { id, vpcId, ingress: direction(false), egress: direction(true) };
}

function entryFrom(aclId: string, entry: NetworkAclEntry, left: NotModelled[]): readonly AclEntry[] {
  const { RuleNumber: number = 0, CidrBlock: cidr, RuleAction, PortRange, IcmpTypeCode } = entry;
  if (!cidr) {
    left.push({ id: aclId, what: `entry ${number} for ${entry.Ipv6CidrBlock} (IPv6)` });
    return [];
  }
  const protocol = protocolFrom(entry.Protocol);
  const base = { number, action: RuleAction === 'allow' ? 'allow' : 'deny', protocol, cidr } as const;
  if (hasPorts(protocol) && PortRange)
    return [{ ...base, ports: { from: PortRange.From ?? 0, to: PortRange.To ?? 65535 } }];
  if (isIcmp(protocol) && IcmpTypeCode)
    return [{ ...base, ports: { from: IcmpTypeCode.Type ?? -1, to: IcmpTypeCode.Code ?? -1 } }];
  return [base];
}
