import type { GroupRule } from '../../topology/model.ts';
import type { Party } from '../../verify/ends.ts';
import type { Context } from '../../verify/model.ts';
import { INTERNET, type OpenPath, openPaths } from '../../verify/reach/matrix.ts';

/**
 * Open paths that tell who talks to whom: where a group lets another one in. What members of one group may do among themselves, and
 * what is let in from whole networks, tells nothing; but the internet calls what stands for itself.
 */
export function opened({ graph, parties: known }: Context, parties: readonly Party[]): readonly OpenPath[] {
  const groups = new Map(
    parties.map(({ id, placements }) => [id, new Set(placements.flatMap(({ groupIds }) => groupIds))]),
  );
  const isMeant = ({ from, to, port }: OpenPath): boolean => {
    const [senders, receivers] = [groups.get(from), groups.get(to)];
    if (!senders || !receivers) return false;
    return [...receivers].some((id) =>
      graph.groups
        .get(id)
        ?.ingress.some(
          ({ peer, ports }) =>
            peer.kind === 'group' &&
            !receivers.has(peer.groupId) &&
            senders.has(peer.groupId) &&
            isIn(port, ports),
        ),
    );
  };
  return openPaths(graph, new Map(parties.map((party) => [party.id, party]))).filter(
    (path) => path.everywhere && (path.from === INTERNET ? !known.has(path.to) : isMeant(path)),
  );
}

const isIn = (port: number, ports: GroupRule['ports']): boolean =>
  !ports || (port >= ports.from && port <= ports.to);
