import type { Party } from '../../verify/ends.ts';
import type { Context } from '../../verify/model.ts';
import { INTERNET, type OpenPath, openPaths } from '../../verify/reach/matrix.ts';

/**
 * Open paths that tell who talks to whom: between all places of two parties that share no group. What members of one group may do
 * among themselves, and what is let in from everywhere, tells nothing.
 */
export function opened({ graph }: Context, parties: readonly Party[]): readonly OpenPath[] {
  const groups = new Map(
    parties.map(({ id, placements }) => [id, new Set(placements.flatMap(({ groupIds }) => groupIds))]),
  );
  const share = ({ from, to }: OpenPath) =>
    [...(groups.get(from) ?? [])].some((group) => groups.get(to)?.has(group));
  return openPaths(graph, new Map(parties.map((party) => [party.id, party]))).filter(
    (path) => path.everywhere && path.from !== INTERNET && !share(path),
  );
}
