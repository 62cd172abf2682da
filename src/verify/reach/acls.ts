import { formatCidr } from '../../topology/cidr.ts';
import type { AclEntry, NetworkAcl, PortRange, Subnet } from '../../topology/model.ts';
import { type Addresses, cover } from './addresses.ts';
import type { Graph } from './graph.ts';
import { protocolOf } from './match.ts';
import type { Gate, Hop, Truth } from './model.ts';

export interface AclGate {
  readonly gate: Gate & (`acl-${string}` | `reply-acl-${string}`);
  readonly direction: 'ingress' | 'egress';
  readonly subnetId: string;
  readonly acl: NetworkAcl | undefined;
  readonly aclId: string;
  readonly protocol: 'tcp' | 'udp';
  /** Destination ports of the packet, in both directions: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html */
  readonly ports: PortRange;
  readonly addresses: Addresses;
  readonly peerName: string;
}

/** The entry with the lowest number decides; nothing matching is a denial. */
export function aclGate({
  gate,
  direction,
  acl,
  aclId,
  protocol,
  ports,
  addresses,
  peerName,
  subnetId,
}: AclGate): Hop {
  const toward = direction === 'egress' ? 'to' : 'from';
  const side = direction === 'egress' ? 'outbound' : 'inbound';
  const range = ports.from === ports.to ? String(ports.from) : `${ports.from}-${ports.to}`;
  const reply = gate.startsWith('reply');
  const what = reply ? `replies (${protocol} ${range})` : `${protocol} ${range}`;
  if (!acl)
    return {
      gate,
      at: aclId,
      passes: 'unknown',
      says: `the network ACL of ${subnetId} is not known here`,
      changes: [],
    };
  const parts = atoms(acl[direction], ports).map((part) => ({
    part,
    ...decide(acl[direction], protocol, part, addresses),
  }));
  const worst = parts.find(({ truth }) => truth === 'no') ?? parts.find(({ truth }) => truth === 'unknown');
  const decided = worst ?? parts[0];
  const entry = decided?.entry;
  const passes = decided?.truth ?? 'no';
  const origin = entry?.origin ?? acl.origin;
  const closed =
    worst && (worst.part.from !== ports.from || worst.part.to !== ports.to)
      ? ` on ${worst.part.from}-${worst.part.to}`
      : '';
  const by = entry ? `entry ${entry.number} of ${acl.id}` : `${acl.id}, which has no ${side} entry for it,`;
  const verb = { yes: 'lets', no: 'drops', unknown: 'may drop' }[passes];
  const number = freeNumber(acl[direction], ports, addresses);
  return {
    gate,
    at: acl.id,
    passes,
    says: `${by} ${verb} ${what} ${toward} ${peerName}${closed}`,
    ...(origin ? { origin } : {}),
    changes:
      passes === 'yes' || number === undefined
        ? []
        : [
            {
              kind: 'acl-entry',
              networkAclId: acl.id,
              direction,
              number,
              protocol,
              ports,
              cidr: common(addresses),
            },
          ],
    ...(passes === 'no' ? { code: reply ? 'REMAP_EPHEMERAL_PORT' : 'SUBNET_ACL_RESTRICTION' } : {}),
  };
}

/** The range cut where entries begin and end, so that each part is decided as one. */
function atoms(entries: readonly AclEntry[], { from, to }: PortRange): PortRange[] {
  const cuts = new Set([from]);
  for (const { ports } of entries)
    if (ports) for (const cut of [ports.from, ports.to + 1]) if (cut > from && cut <= to) cuts.add(cut);
  const starts = [...cuts].sort((a, b) => a - b);
  return starts.map((start, index) => ({ from: start, to: (starts[index + 1] ?? to + 1) - 1 }));
}

function decide(
  entries: readonly AclEntry[],
  protocol: 'tcp' | 'udp',
  part: PortRange,
  addresses: Addresses,
): { readonly truth: Truth; readonly entry?: AclEntry } {
  const partial: AclEntry[] = [];
  for (const entry of [...entries].sort((a, b) => a.number - b.number)) {
    const own = protocolOf(entry.protocol);
    if (own !== 'all' && own !== protocol) continue;
    if (own !== 'all' && entry.ports && (part.from < entry.ports.from || part.to > entry.ports.to)) continue;
    const reach = cover(entry.cidr, addresses);
    if (reach === 'none') continue;
    // Somebody passes by an entry that lets a part through, whatever comes behind it.
    const certain = entry.uncertain === undefined;
    if (certain && addresses.quantifier === 'some' && entry.action === 'allow')
      return { truth: 'yes', entry };
    if (certain && reach === 'all') return settle(entry.action, partial, entry);
    partial.push(entry);
  }
  return settle('deny', partial);
}

/** What decides for all, unless an earlier entry decides otherwise for a part of the addresses. */
function settle(action: AclEntry['action'], partial: readonly AclEntry[], entry?: AclEntry) {
  const other = partial.find((earlier) => earlier.action !== action);
  if (other) return { truth: 'unknown', entry: other } as const;
  const by = entry ?? partial[0];
  return { truth: action === 'allow' ? 'yes' : 'no', ...(by ? { entry: by } : {}) } as const;
}

/** A number before the first entry that denies some of it, else behind the last; none where no number is left. */
function freeNumber(
  entries: readonly AclEntry[],
  ports: PortRange,
  addresses: Addresses,
): number | undefined {
  const taken = new Set(entries.map(({ number }) => number));
  const denying = entries.find(
    (entry) =>
      entry.action === 'deny' &&
      cover(entry.cidr, addresses) !== 'none' &&
      (protocolOf(entry.protocol) === 'all' ||
        !entry.ports ||
        (entry.ports.from <= ports.to && ports.from <= entry.ports.to)),
  );
  if (!denying) return Math.min(32_766, Math.max(90, ...taken) + 10);
  for (let number = denying.number - 1; number >= 1; number--) if (!taken.has(number)) return number;
  return undefined;
}

/** One block for all of the addresses. */
function common({ blocks }: Addresses): string {
  const [first] = blocks;
  return first && blocks.length === 1 ? formatCidr(first) : '0.0.0.0/0';
}

/** The network ACL before a subnet, as a gate asks it. */
export const aclOf = (graph: Graph, subnet: Subnet, protocol: 'tcp' | 'udp') => ({
  subnetId: subnet.id,
  aclId: subnet.networkAclId,
  acl: graph.acls.get(subnet.networkAclId),
  protocol,
});
