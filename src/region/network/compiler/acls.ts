import type { AclEntry, NetworkAcl } from '../../../topology/model.ts';
import { matchAddress, matchProtocol, rule } from './match.ts';
import type { ReasonBook } from './reasons.ts';
import type { RulesetBuilder } from './ruleset.ts';

/**
 * A network ACL is two chains that return where the packet may go on. They see every packet, replies too; the entry with the lowest
 * number decides, and nothing matching is a denial. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 */
export function compileAcls(
  acls: readonly NetworkAcl[],
  rules: RulesetBuilder,
  reasons: ReasonBook,
): (aclId: string, direction: 'ingress' | 'egress') => string {
  for (const acl of acls)
    for (const direction of ['ingress', 'egress'] as const) {
      const side = direction === 'egress' ? 'daddr' : 'saddr';
      const deny = reasons.deny(
        `network ACL ${acl.id} (${direction === 'egress' ? 'outbound' : 'inbound'})`,
        [acl.id],
      );
      const line = ({ action, cidr, protocol, ports }: AclEntry) =>
        rule(matchAddress(side, cidr), matchProtocol(protocol, ports), action === 'allow' ? 'return' : deny);
      const entries = [...acl[direction]].sort((one, other) => one.number - other.number);
      rules.chain(chainOf(acl.id, direction), [...entries.flatMap(line), deny]);
    }
  const known = new Set(acls.map(({ id }) => id));
  return (aclId, direction) =>
    known.has(aclId)
      ? `jump ${chainOf(aclId, direction)}`
      : reasons.deny(`network ACL ${aclId}: unknown`, [aclId]);
}

const chainOf = (aclId: string, direction: string): string => `acl_${direction}_${aclId}`;
