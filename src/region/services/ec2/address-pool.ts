import type { Clock } from '../../../common/clock.ts';
import {
  allocateAddress,
  containsAddress,
  formatAddress,
  parseAddress,
  parseCidr,
  type Cidr,
} from '../../../topology/cidr.ts';
import type { SubnetRecord } from './records.ts';
import type { Tables } from './tables.ts';

/**
 * A freed address rests for a minute, so that nobody who still holds the name's old record (60 s is the usual TTL) or an open
 * connection reaches whoever has it next; it is taken sooner only when nothing else is left.
 */
const REST = 60_000;

/** Public addresses of the region: ranges that are routed nowhere. https://www.rfc-editor.org/rfc/rfc5737 https://www.rfc-editor.org/rfc/rfc2544 */
const PUBLIC = ['198.51.100.0/24', '198.18.0.0/15'].flatMap((text) => parseCidr(text) ?? []);

export interface AddressPool {
  /** The lowest free address of the subnet, or undefined when there is none. */
  privateAddress(subnet: SubnetRecord): string | undefined;
  isUsed(subnetId: string, address: string): boolean;
  publicAddress(): string | undefined;
}

export function addressPool(clock: Clock, tables: Tables): AddressPool {
  const pools = new Map<string, Pool>();
  const pool = (name: string): Pool => {
    const known = pools.get(name) ?? { used: new Set<number>(), freed: new Map<number, number>() };
    pools.set(name, known);
    return known;
  };
  const take = (name: string, text: string | undefined, step: 1 | -1) => {
    const address = text === undefined ? undefined : parseAddress(text);
    if (address === undefined) return;
    const { used, freed } = pool(name);
    freed.delete(address);
    if (step === 1) used.add(address);
    else if (used.delete(address)) freed.set(address, clock.now());
  };
  const eni = tables['network-interface'];
  for (const record of eni.values()) {
    take(record.subnetId, record.privateAddress, 1);
    take('', record.publicAddress, 1);
  }
  for (const { address } of tables['elastic-ip'].values()) take('', address, 1);
  eni.onChange((_id, before, after) => {
    if (after && !before) take(after.subnetId, after.privateAddress, 1);
    if (before && !after) take(before.subnetId, before.privateAddress, -1);
    if (before?.publicAddress === after?.publicAddress) return;
    take('', after?.publicAddress, 1);
    take('', before?.publicAddress, -1);
  });
  tables['elastic-ip'].onChange((_id, before, after) => {
    if (after && !before) take('', after.address, 1);
    if (before && !after) take('', before.address, -1);
  });
  tables.subnet.onChange((id, _before, after) => {
    if (!after) pools.delete(id);
  });
  return {
    privateAddress(subnet) {
      const cidr = parseCidr(subnet.cidr);
      return cidr && lowestFree([cidr], pool(subnet.id), clock.now());
    },
    isUsed: (subnetId, address) => pool(subnetId).used.has(parseAddress(address) ?? -1),
    publicAddress: () => lowestFree(PUBLIC, pool(''), clock.now()),
  };
}

interface Pool {
  readonly used: Set<number>;
  /** When each was freed, oldest first. */
  readonly freed: Map<number, number>;
}

function lowestFree(ranges: readonly Cidr[], { used, freed }: Pool, now: number): string | undefined {
  for (const [address, at] of freed) if (now - at >= REST) freed.delete(address);
  for (const cidr of ranges) {
    const address = allocateAddress(cidr, (each) => used.has(each) || freed.has(each));
    if (address !== undefined) return formatAddress(address);
  }
  // Nothing has rested long enough: what was freed first has rested longest.
  for (const [address] of freed)
    if (!used.has(address) && ranges.some((cidr) => containsAddress(cidr, address))) {
      freed.delete(address);
      return formatAddress(address);
    }
  return undefined;
}
