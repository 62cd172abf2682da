import type { GroupRule } from '../../topology/model.ts';
import type { Party } from '../../verify/ends.ts';
import type { Context } from '../../verify/model.ts';
import { reach } from '../../verify/reach/reach.ts';

export interface OpenPath {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/**
 * Paths that rules open on purpose: a group lets another group in, or one port from a part of the network. What members of one group
 * may do among themselves, and what is let in from everywhere, says nothing about who talks to whom.
 */
export function openPaths({ graph }: Context, parties: readonly Party[]): readonly OpenPath[] {
  const byGroup = new Map<string, Party[]>();
  for (const party of parties)
    for (const group of groupsOf(party)) byGroup.set(group, [...(byGroup.get(group) ?? []), party]);
  const found = new Map<string, OpenPath>();
  for (const receiver of parties) {
    const own = groupsOf(receiver);
    for (const group of own)
      for (const { peer, protocol, ports } of graph.groups.get(group)?.ingress ?? []) {
        if (peer.kind !== 'group' || own.has(peer.groupId) || !['tcp', 'all'].includes(protocol)) continue;
        for (const sender of byGroup.get(peer.groupId) ?? [])
          for (const port of portsOf(receiver, ports)) {
            const key = `${sender.id} ${receiver.id} ${port}`;
            if (sender === receiver || found.has(key) || !holds(graph, sender, receiver, port)) continue;
            found.set(key, { from: sender.id, to: receiver.id, port });
          }
      }
  }
  return [...found.values()];
}

const groupsOf = ({ placements }: Party): ReadonlySet<string> =>
  new Set(placements.flatMap(({ groupIds }) => groupIds));

/** The ports on which the receiver is known to listen; where that is not known, the port of a rule that names one. */
function portsOf({ ports }: Party, range: GroupRule['ports']): readonly number[] {
  if (ports.length > 0) return ports.filter((port) => !range || (port >= range.from && port <= range.to));
  return range && range.from === range.to ? [range.from] : [];
}

const holds = (graph: Context['graph'], sender: Party, receiver: Party, port: number): boolean =>
  sender.placements.every((from) =>
    receiver.placements.every(
      (to) =>
        reach(graph, {
          from: { kind: 'placement', placement: from },
          to: { kind: 'placement', placement: to },
          protocol: 'tcp',
          port,
        }).verdict === 'holds',
    ),
  );
