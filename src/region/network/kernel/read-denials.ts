import { denialSeconds } from '../compiler/base.ts';
import type { Reason } from '../compiler/reasons.ts';
import type { Denial } from '../network.ts';

interface Element {
  readonly val?: { readonly concat?: readonly (string | number)[] };
  readonly expires?: number;
  readonly counter?: { readonly packets?: number };
}
interface Listing {
  readonly nftables?: readonly {
    readonly set?: { readonly elem?: readonly { readonly elem?: Element }[] };
  }[];
}

/** Reads `nft -j list set ip vpc denied`. */
export function readDenials(
  json: string,
  vpcId: string,
  reasons: ReadonlyMap<number, Reason>,
  now: number,
): readonly Denial[] {
  const listing = JSON.parse(json) as Listing;
  return (listing.nftables ?? [])
    .flatMap(({ set }) => set?.elem ?? [])
    .flatMap(({ elem }) => {
      const [from, to, protocol, port, mark] = elem?.val?.concat ?? [];
      const reason = reasons.get(Number(mark));
      if (!elem || reason === undefined) return [];
      return [
        {
          vpcId,
          from: String(from),
          to: String(to),
          protocol: String(protocol),
          port: Number(port),
          reason: reason.text,
          deciders: reason.deciders,
          count: elem.counter?.packets ?? 1,
          lastSeen: now - (denialSeconds - (elem.expires ?? denialSeconds)) * 1000,
        },
      ];
    });
}
