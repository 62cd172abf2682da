import { overlaps, parseCidr } from '../../topology/cidr.ts';
import type { GroupRule } from '../../topology/model.ts';
import type { Party } from '../ends.ts';
import { publicBlocks } from './addresses.ts';
import { peerOf } from './ends.ts';
import type { Graph } from './graph.ts';
import { groupGate, type Peer } from './groups.ts';
import { between, groupOf } from './inside.ts';
import { matchesPort, protocolOf } from './match.ts';
import type { End, Placement, Question } from './model.ts';
import { reach } from './reach.ts';

/** Somebody outside of every VPC. */
export const INTERNET = 'internet';

/** Something may open a connection to something. */
export interface OpenPath {
  /** The id of a party, or `internet`. */
  readonly from: string;
  readonly to: string;
  readonly protocol: 'tcp';
  readonly port: number;
  /** Whether it is open from each of the places that both may have, or from some only. */
  readonly everywhere: boolean;
}

/**
 * All paths that are open between parties, on the ports that they are known to listen on. Candidates come from the rules of the
 * receiver's groups, so that the work grows with what is open and not with the square of the parties; parties with the same subnets
 * and groups are asked for once.
 */
export function openPaths(graph: Graph, parties: ReadonlyMap<string, Party>): readonly OpenPath[] {
  const index = indexOf(graph, parties);
  const asker = askerOf(graph);
  const callers = new Map<string, readonly Caller[]>();
  const paths: OpenPath[] = [];
  for (const to of parties.values())
    for (const port of to.ports) {
      const key = `${index.classes.get(to.id)} ${port}`;
      const known = callers.get(key) ?? callersOf(graph, index, to, port, asker);
      callers.set(key, known);
      for (const { from, everywhere } of known)
        if (from !== to.id) paths.push({ from, to: to.id, protocol: 'tcp', port, everywhere });
    }
  return paths;
}

interface Caller {
  readonly from: string;
  readonly everywhere: boolean;
}

/** Who may open a connection to a party, and so to all of its class. */
function callersOf(graph: Graph, index: Index, to: Party, port: number, asker: Asker): readonly Caller[] {
  const byClass = new Map<string, { readonly open: number; readonly asked: number }>();
  return [...candidates(graph, index, to, port)].flatMap((from): readonly Caller[] => {
    const own = index.classes.get(from) ?? from;
    const counted =
      byClass.get(own) ?? count(asker, index.ends.get(from) ?? [], index.ends.get(to.id) ?? [], port);
    byClass.set(own, counted);
    return counted.open === 0 ? [] : [{ from, everywhere: counted.open === counted.asked }];
  });
}

function count(asker: Asker, from: readonly End[], to: readonly End[], port: number) {
  const open = from.flatMap((sender) => to.map((receiver) => asker(sender, receiver, port))).filter(Boolean);
  return { open: open.length, asked: from.length * to.length };
}

type Asker = (from: End, to: End, port: number) => boolean;

/** Whether a connection comes about; what lies between two subnets is asked for once. */
function askerOf(graph: Graph): Asker {
  const known = new Map<string, boolean>();
  const peers = new Map<Placement, Peer>();
  const peer = (placement: Placement): Peer => {
    const before = peers.get(placement) ?? peerOf(placement, graph.subnets.get(placement.subnetId));
    peers.set(placement, before);
    return before;
  };
  return (sender, receiver, port) => {
    const question: Question = { from: sender, to: receiver, protocol: 'tcp', port };
    if (sender.kind !== 'placement' || receiver.kind !== 'placement')
      return reach(graph, question).verdict === 'holds';
    const [from, to] = [sender.placement, receiver.placement];
    const [source, target] = [graph.subnets.get(from.subnetId), graph.subnets.get(to.subnetId)];
    if (!source || !target) return false;
    const gates = [groupOf('ingress', to, peer(from), question), groupOf('egress', from, peer(to), question)];
    if (!gates.every((gate) => groupGate(graph, gate).passes === 'yes')) return false;
    const key = `${placeOf(from)} ${placeOf(to)} ${port}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { there, back } = between(
      graph,
      { placement: from, subnet: source },
      { placement: to, subnet: target },
      question,
    );
    const passes = [...there, ...back].every((hop) => hop.passes === 'yes');
    known.set(key, passes);
    return passes;
  };
}

const placeOf = ({ subnetId, address = '', ephemeralPorts }: Placement): string =>
  `${subnetId}|${address}|${ephemeralPorts?.from ?? ''}-${ephemeralPorts?.to ?? ''}`;

interface Index {
  readonly byGroup: ReadonlyMap<string, readonly string[]>;
  readonly bySubnet: ReadonlyMap<string, readonly string[]>;
  readonly ends: ReadonlyMap<string, readonly End[]>;
  /** What is alike for every question, by party. */
  readonly classes: ReadonlyMap<string, string>;
}

function indexOf({ subnets }: Graph, parties: ReadonlyMap<string, Party>): Index {
  const byGroup = new Map<string, string[]>();
  const bySubnet = new Map<string, string[]>();
  const classes = new Map([[INTERNET, INTERNET]]);
  const ends = new Map<string, readonly End[]>([[INTERNET, [{ kind: 'internet' }]]]);
  const add = (map: Map<string, string[]>, key: string, id: string) => {
    const list = map.get(key);
    if (!list) map.set(key, [id]);
    else if (list.at(-1) !== id) list.push(id);
  };
  for (const { id, kind, placements } of parties.values()) {
    const own = placements.filter(({ subnetId }) => subnets.has(subnetId));
    ends.set(
      id,
      own.map((placement) => ({ kind: 'placement', placement })),
    );
    classes.set(id, own.map(classOf).join(' '));
    // Databases answer, and begin nothing.
    if (kind === 'database') continue;
    for (const { groupIds, subnetId } of own) {
      for (const group of groupIds) add(byGroup, group, id);
      add(bySubnet, subnetId, id);
    }
  }
  return { byGroup, bySubnet, ends, classes };
}

const classOf = ({
  subnetId,
  groupIds,
  hasPublicAddress,
  unfiltered,
  address = '',
  ephemeralPorts,
}: Placement): string =>
  `${subnetId}|${groupIds.join('+')}|${hasPublicAddress}|${unfiltered ?? false}|${address}|${ephemeralPorts?.from ?? ''}`;

/** Whom some rule of the receiver's groups may let in on a port. */
function candidates(
  { groups, prefixLists, subnets }: Graph,
  index: Index,
  to: Party,
  port: number,
): ReadonlySet<string> {
  const found = new Set<string>();
  const admit = (cidr: string) => {
    const block = parseCidr(cidr);
    if (!block) return;
    if (publicBlocks.some((one) => overlaps(one, block))) found.add(INTERNET);
    for (const [subnetId, ids] of index.bySubnet) {
      const own = parseCidr(subnets.get(subnetId)?.cidr ?? '');
      if (own && overlaps(own, block)) for (const id of ids) found.add(id);
    }
  };
  const rules: GroupRule[] = [];
  for (const id of new Set(to.placements.flatMap(({ groupIds }) => groupIds)))
    rules.push(...(groups.get(id)?.ingress ?? []));
  if (to.placements.some(({ unfiltered, groupIds }) => unfiltered === true && groupIds.length === 0))
    admit('0.0.0.0/0');
  for (const { protocol, ports, peer } of rules) {
    if (!matchesPort(protocolOf(protocol), ports, 'tcp', port)) continue;
    if (peer.kind === 'group') for (const id of index.byGroup.get(peer.groupId) ?? []) found.add(id);
    else if (peer.kind === 'cidr') admit(peer.cidr);
    else for (const cidr of prefixLists.get(peer.prefixListId)?.cidrs ?? []) admit(cidr);
  }
  return found;
}
