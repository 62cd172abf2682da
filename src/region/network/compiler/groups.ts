import { createHash } from 'node:crypto';
import type { GroupRule, NetworkInterface, SecurityGroup, Topology } from '../../../topology/model.ts';
import { matchAddress, matchProtocol, rule } from './match.ts';
import type { ReasonBook } from './reasons.ts';
import type { RulesetBuilder } from './ruleset.ts';

type Direction = 'egress' | 'ingress';

/**
 * Security groups: two gates, the sender's egress and the receiver's ingress. All rules of all groups of an interface form one
 * union of allowances; what none of them allows is dropped. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export interface Gates {
  /** The chain that judges what an interface sends; it goes on to `passed` where it allows. */
  egress(eni: NetworkInterface): string;
  ingress(eni: NetworkInterface): string;
}

export function groupGates(
  topology: Topology,
  interfaces: readonly NetworkInterface[],
  rules: RulesetBuilder,
  reasons: ReasonBook,
  passed: Readonly<Record<Direction, string>>,
): Gates {
  const groups = new Map(topology.securityGroups.map((group) => [group.id, group]));
  const prefixLists = new Map(topology.prefixLists.map(({ id, cidrs }) => [id, cidrs]));
  const referenced = new Set<string>();

  function ruleLines(direction: Direction, each: GroupRule): string[] {
    const side = direction === 'egress' ? 'daddr' : 'saddr';
    const protocol = matchProtocol(each.protocol, each.ports);
    switch (each.peer.kind) {
      case 'cidr':
        return rule(matchAddress(side, each.peer.cidr), protocol, passed[direction]);
      case 'prefix-list':
        return (prefixLists.get(each.peer.prefixListId) ?? []).flatMap((cidr) =>
          rule(matchAddress(side, cidr), protocol, passed[direction]),
        );
      case 'group':
        if (!groups.has(each.peer.groupId)) return [];
        referenced.add(each.peer.groupId);
        return rule(`ip ${side} @${memberSet(each.peer.groupId)}`, protocol, passed[direction]);
    }
  }
  function groupChain(direction: Direction, group: SecurityGroup): string {
    return rules.chain(
      `${direction}_rules_${group.id}`,
      group[direction].flatMap((each) => ruleLines(direction, each)),
    );
  }
  function gate(direction: Direction, eni: NetworkInterface): string {
    const present = [...eni.groupIds].sort().flatMap((id) => groups.get(id) ?? []);
    const ids = present.map(({ id }) => id);
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html (without groups all may pass)
    if (eni.groupIds.length === 0 && eni.description.startsWith('ELB net/'))
      return rules.chain(`${direction}_ungrouped`, [passed[direction]]);
    const text = present.length
      ? `${direction} of ${present.map(({ id, name }) => (name ? `${id} (${name})` : id)).join(', ')}`
      : `${direction} of ${eni.id}, which has no security group`;
    return rules.chain(`${direction}_${combination(ids) ?? eni.id}`, [
      ...present.map((group) => `jump ${groupChain(direction, group)}`),
      reasons.deny(text, ids),
    ]);
  }
  const gates = new Map<string, { egress: string; ingress: string }>();
  for (const eni of interfaces)
    gates.set(eni.id, { egress: gate('egress', eni), ingress: gate('ingress', eni) });

  // A rule that names a group matches the private addresses of the interfaces that carry it.
  for (const id of referenced)
    rules.set(
      memberSet(id),
      'ipv4_addr',
      interfaces.filter(({ groupIds }) => groupIds.includes(id)).map(({ privateAddress }) => privateAddress),
    );
  const of = (direction: Direction) => (eni: NetworkInterface) => gates.get(eni.id)?.[direction] ?? 'denied';
  return { egress: of('egress'), ingress: of('ingress') };
}

const memberSet = (groupId: string): string => `members_${groupId}`;

/** A name for the groups of an interface; nft's names have at most 127 characters. */
function combination(ids: readonly string[]): string | undefined {
  if (ids.length === 0) return undefined;
  const joined = ids.join('.');
  return joined.length <= 100 ? joined : createHash('sha256').update(joined).digest('hex').slice(0, 24);
}
