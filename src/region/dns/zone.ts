/** A private DNS zone as the resolver of the VPCs it belongs to answers it. */
export interface PrivateZone {
  /** Without trailing dot: `local`. */
  readonly name: string;
  readonly vpcIds: readonly string[];
  readonly records: readonly ZoneRecord[];
}
export interface ZoneRecord {
  /** Fully qualified, lower case, without trailing dot: `api.local`. */
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'TXT';
  /** Seconds. */
  readonly ttl: number;
  /** Addresses, targets, or `priority weight port target` for SRV. */
  readonly values: readonly string[];
  /** Cloud Map's MULTIVALUE answers up to eight, in random order. */
  readonly routing: 'MULTIVALUE' | 'WEIGHTED' | 'SIMPLE';
}
