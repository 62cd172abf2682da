import type { AclEntry, NetworkAcl, PortRange } from '../../../topology/model.ts';
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

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html (Ephemeral ports) */
const NAT_PORTS: PortRange = { from: 1024, to: 65_535 };

/**
 * Replies come back to any of the ports that a NAT gateway may have taken, so each of them has to be open: the entries are asked for
 * every part of the range between their ends. Here the gateway takes no ports of its own, and the packet's port would tell nothing.
 */
export function natPortsGate(acl: NetworkAcl, rules: RulesetBuilder, reasons: ReasonBook): readonly string[] {
  const deny = reasons.deny(
    `network ACL ${acl.id} (inbound): replies to a NAT gateway come to any port from ${NAT_PORTS.from} to ${NAT_PORTS.to}`,
    [acl.id],
  );
  const entries = [...acl.ingress].sort((one, other) => one.number - other.number);
  const chains = partsOf(NAT_PORTS, entries).map((port) => {
    const line = ({ action, cidr, protocol, ports }: AclEntry) =>
      ports && !isIcmp(protocol) && (port < ports.from || port > ports.to)
        ? []
        : rule(
            matchAddress('saddr', cidr),
            matchProtocol(protocol, isIcmp(protocol) ? ports : undefined),
            action === 'allow' ? 'return' : deny,
          );
    return [...entries.flatMap(line), deny];
  });
  const different = [...new Map(chains.map((lines) => [lines.join('\n'), lines])).values()];
  return different.map((lines, index) => `jump ${rules.chain(`acl_nat_${index}_${acl.id}`, lines)}`);
}

const isIcmp = (protocol: string): boolean => ['icmp', '1'].includes(protocol.toLowerCase());

/** The first port of each part of the range that no entry divides. */
function partsOf({ from, to }: PortRange, entries: readonly AclEntry[]): readonly number[] {
  const cuts = entries.flatMap(({ ports }) => (ports ? [ports.from, ports.to + 1] : []));
  return [...new Set([from, ...cuts.filter((port) => port > from && port <= to)])];
}

const chainOf = (aclId: string, direction: string): string => `acl_${direction}_${aclId}`;
