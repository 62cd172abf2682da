import { contains, overlaps, parseCidr } from '../../topology/cidr.ts';
import type { GroupRule, SecurityGroup, Topology } from '../../topology/model.ts';
import type { Addresses } from './addresses.ts';
import { matchesPort, protocolOf } from './match.ts';
import type { Change, Hop, Truth } from './model.ts';
import { isTold, whyUntold } from '../../topology/told.ts';

/** The other side of a gate: its addresses, and its groups where it carries any that a rule can name. */
export interface Peer {
  readonly name: string;
  readonly addresses: Addresses;
  /** Empty outside of the VPC, and for public addresses: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
  readonly groupIds: readonly string[];
  /** What a new rule would name. */
  readonly cidr: string;
}

export interface GroupGate {
  readonly direction: 'ingress' | 'egress';
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly unfiltered?: boolean | undefined;
  readonly peer: Peer;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** The union of the rules of all groups of an interface: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html */
export function groupGate(
  { groups, prefixLists }: Lookup,
  { direction, name, groupIds, unfiltered, peer, protocol, port }: GroupGate,
): Hop {
  if (unfiltered && groupIds.length === 0) return unfilteredHop(direction, name);
  const side = direction === 'egress' ? 'outbound' : 'inbound';
  const toward = direction === 'egress' ? 'to' : 'from';
  const what = `${protocol} ${port}`;
  let unclear: { readonly rule: GroupRule; readonly why: string | undefined } | undefined;
  const absent = groupIds.filter((id) => !groups.has(id));
  for (const id of groupIds)
    for (const rule of groups.get(id)?.[direction] ?? []) {
      if (!matchesPort(protocolOf(rule.protocol), rule.ports, protocol, port)) continue;
      const { truth: matched, why } = matchesPeer(rule, peer, { groups, prefixLists });
      const truth = matched === 'yes' && rule.uncertain !== undefined ? 'unknown' : matched;
      if (truth === 'yes')
        return {
          gate: `group-${direction}`,
          at: id,
          passes: 'yes',
          says: `the ${side} rules of ${id} let ${what} ${toward} ${peer.name}`,
          ...(rule.origin ? { origin: rule.origin } : {}),
          changes: [],
        };
      if (truth === 'unknown') unclear ??= { rule, why: rule.uncertain ?? why };
    }
  const wanted = groupIds
    .slice(0, 1)
    .map((groupId): Change => newRule(groupId, direction, peer, protocol, port));
  const names = groupIds.join(', ') || 'no group';
  if (unclear || absent.length > 0)
    return {
      gate: `group-${direction}`,
      at: absent[0] ?? groupIds[0] ?? '',
      passes: 'unknown',
      says:
        absent.length > 0
          ? `the ${side} rules of ${absent.join(', ')} are not known here`
          : unclear?.why === undefined
            ? `a rule of ${names} lets ${what} ${toward} a part of the addresses that ${peer.name} may have`
            : `a rule of ${names} may let ${what} ${toward} ${peer.name}: ${unclear.why}`,
      ...(unclear?.rule.origin ? { origin: unclear.rule.origin } : {}),
      changes: absent.length > 0 ? [] : wanted,
    };
  const origin = groupIds.flatMap((id) => groups.get(id)?.origin ?? [])[0];
  return {
    gate: `group-${direction}`,
    at: groupIds[0] ?? '',
    passes: 'no',
    says: `no ${side} rule of ${names} (${name}) lets ${what} ${toward} ${peer.name}`,
    ...(origin ? { origin } : {}),
    changes: wanted,
    code: 'ENI_SG_RULES_MISMATCH',
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html */
const unfilteredHop = (direction: 'ingress' | 'egress', name: string): Hop => ({
  gate: `group-${direction}`,
  at: name,
  passes: 'yes',
  says: `${name} has no security group, and lets everything pass`,
  changes: [],
});

export interface Lookup {
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly prefixLists: ReadonlyMap<string, Topology['prefixLists'][number]>;
}

function newRule(
  groupId: string,
  direction: 'ingress' | 'egress',
  peer: Peer,
  protocol: 'tcp' | 'udp',
  port: number,
): Change {
  const other = peer.groupIds[0];
  return {
    kind: 'group-rule',
    groupId,
    direction,
    protocol,
    port,
    peer: other === undefined ? { kind: 'cidr', cidr: peer.cidr } : { kind: 'group', groupId: other },
  };
}

function matchesPeer(
  { peer: rule }: GroupRule,
  peer: Peer,
  { groups, prefixLists }: Lookup,
): { readonly truth: Truth; readonly why?: string } {
  if (rule.kind === 'cidr') return { truth: truthOf([rule.cidr], peer.addresses) };
  if (rule.kind === 'prefix-list') {
    const list = prefixLists.get(rule.prefixListId);
    return { truth: list ? truthOf(list.cidrs, peer.addresses) : 'unknown' };
  }
  if (peer.groupIds.includes(rule.groupId)) return { truth: 'yes' };
  const untold =
    peer.groupIds.length === 0
      ? undefined
      : [rule.groupId, ...peer.groupIds].find((id) => !isTold(id, groups));
  return untold === undefined ? { truth: 'no' } : { truth: 'unknown', why: whyUntold(untold) };
}

/** Blocks that together cover: each block of the addresses by one of them. */
export function truthOf(cidrs: readonly string[], { blocks, quantifier }: Addresses): Truth {
  const rules = cidrs.flatMap((cidr) => parseCidr(cidr) ?? []);
  if (blocks.length > 0 && rules.some(({ prefix }) => prefix === 0)) return 'yes';
  const touched = blocks.filter((block) => rules.some((rule) => overlaps(rule, block)));
  if (touched.length === 0) return 'no';
  if (quantifier === 'some') return 'yes';
  return blocks.every((block) => rules.some((rule) => contains(rule, block))) ? 'yes' : 'unknown';
}
