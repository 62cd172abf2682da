/** One element of a dynamic set that counts. */
export interface SetElement {
  readonly key: readonly (string | number)[];
  /** Packets that have put it there. */
  readonly packets: number;
  /** Seconds until it is forgotten. */
  readonly expires: number | undefined;
}

interface Listing {
  readonly nftables?: readonly {
    readonly set?: {
      readonly elem?: readonly {
        readonly elem?: {
          readonly val?: { readonly concat?: readonly (string | number)[] };
          readonly expires?: number;
          readonly counter?: { readonly packets?: number };
        };
      }[];
    };
  }[];
}

/** Reads `nft -j list set`. */
export function readSet(json: string): readonly SetElement[] {
  const listing = JSON.parse(json) as Listing;
  return (listing.nftables ?? [])
    .flatMap(({ set }) => set?.elem ?? [])
    .flatMap(({ elem }) =>
      elem?.val?.concat
        ? [{ key: elem.val.concat, packets: elem.counter?.packets ?? 1, expires: elem.expires }]
        : [],
    );
}
