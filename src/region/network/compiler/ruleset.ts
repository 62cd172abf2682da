/** The packet filter of one VPC as data: what stands in the one nft table of its router. */
export interface Ruleset {
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly chains: ReadonlyMap<string, Chain>;
}
export interface NftSet {
  readonly kind: 'set' | 'map';
  /** For example `ipv4_addr . inet_service : verdict`. */
  readonly type: string;
  /** Further lines of the declaration: `flags interval`. */
  readonly options: readonly string[];
  /** Key to value; sets have empty values. What packets put into a dynamic set is not listed. */
  readonly elements: ReadonlyMap<string, string>;
}
export interface Chain {
  /** `type filter hook prerouting priority -150; policy drop`; absent: reached by jump and goto only. */
  readonly hook?: string;
  readonly rules: readonly string[];
}

/** A ruleset while it is written. Chains and sets with one name must be equal, so that several parts may ask for one. */
export interface RulesetBuilder {
  set(name: string, type: string, elements: Iterable<string>, options?: readonly string[]): void;
  map(name: string, type: string, elements: ReadonlyMap<string, string>, options?: readonly string[]): void;
  chain(name: string, rules: readonly string[], hook?: string): string;
  build(): Ruleset;
}

export function rulesetBuilder(): RulesetBuilder {
  const sets = new Map<string, NftSet>();
  const chains = new Map<string, Chain>();
  return {
    set: (name, type, elements, options = []) =>
      void sets.set(name, {
        kind: 'set',
        type,
        options,
        elements: new Map([...elements].map((element) => [element, ''])),
      }),
    map: (name, type, elements, options = []) =>
      void sets.set(name, { kind: 'map', type, options, elements }),
    chain(name, rules, hook) {
      chains.set(name, hook === undefined ? { rules } : { hook, rules });
      return name;
    },
    build: () => ({ sets, chains }),
  };
}
