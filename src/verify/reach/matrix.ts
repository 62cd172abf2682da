import { overlaps, parseCidr } from '../../topology/cidr.ts';
import type { GroupRule } from '../../topology/model.ts';
import type { Party } from '../ends.ts';
import { publicBlocks } from './addresses.ts';
import type { Graph } from './graph.ts';
import { matchesPort, protocolOf } from './match.ts';
import type { End, Placement } from './model.ts';
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
  const known = new Map<string, Openness>();
  const paths: OpenPath[] = [];
  for (const to of parties.values())
    for (const port of to.ports)
      for (const from of candidates(graph, index, to, port)) {
        if (from === to.id) continue;
        const key = `${index.classes.get(from)} ${index.classes.get(to.id)} ${port}`;
        const openness =
          known.get(key) ?? ask(graph, index.ends.get(from) ?? [], index.ends.get(to.id) ?? [], port);
        known.set(key, openness);
        if (openness !== 'none')
          paths.push({ from, to: to.id, protocol: 'tcp', port, everywhere: openness === 'all' });
      }
  return paths;
}

type Openness = 'all' | 'some' | 'none';

function ask(graph: Graph, from: readonly End[], to: readonly End[], port: number): Openness {
  let [open, asked] = [0, 0];
  for (const sender of from)
    for (const receiver of to) {
      asked++;
      if (reach(graph, { from: sender, to: receiver, protocol: 'tcp', port }).verdict === 'holds') open++;
    }
  return open === 0 ? 'none' : open === asked ? 'all' : 'some';
}

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
