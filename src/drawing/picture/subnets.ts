import type { Subnet } from '../../topology/model.ts';
import type { System } from '../../topology/system.ts';
import type { Access } from '../model.ts';

/** The subnet of what stands nobody knows where. */
export const UNKNOWN_SUBNET = '(unknown subnet)';
export const UNKNOWN_VPC = '(unknown VPC)';

/** Public is what has a route to an internet gateway: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html */
export function accessOf(system: System, subnet: Subnet): Access {
  const table = system.routeTables.find(({ id }) => id === subnet.routeTableId);
  if (!table) return 'unknown';
  const out = table.routes.filter(
    ({ destination, state, target }) =>
      state === 'active' && target.kind !== 'local' && /\/[0-8]$/.test(destination),
  );
  if (out.some(({ target }) => target.kind === 'internet-gateway')) return 'public';
  return out.length > 0 ? 'private' : 'isolated';
}

const WORDS: Readonly<Record<Access, string>> = {
  public: 'Public subnet',
  private: 'Private subnet',
  isolated: 'Isolated subnet',
  unknown: 'Subnet',
};
export const subnetLabel = (access: Access): string => WORDS[access];

/** Zones have names where the region is known. */
export const zoneLabel = (zone: string, index: number, isRegionKnown: boolean): string =>
  `Availability Zone ${isRegionKnown && /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(zone) ? zone : index + 1}`;

/** Subnets that do the same in different zones stand in one row. */
export function tiersOf<T extends { readonly zone: string; readonly access: Access; readonly holds: string }>(
  subnets: readonly T[],
): readonly (readonly T[])[] {
  const order: readonly Access[] = ['public', 'private', 'isolated', 'unknown'];
  return order.flatMap((access) => {
    const tiers: T[][] = [];
    const alike = subnets.filter((subnet) => subnet.access === access);
    for (const subnet of alike) {
      const free = tiers.filter((tier) => !tier.some(({ zone }) => zone === subnet.zone));
      const home = free.find((tier) => tier[0]!.holds === subnet.holds);
      if (home) home.push(subnet);
      else tiers.push([subnet]);
    }
    return merged(tiers);
  });
}

/** Rows that do not meet in any zone become one. */
function merged<T extends { readonly zone: string }>(tiers: readonly (readonly T[])[]): T[][] {
  const result: T[][] = [];
  for (const tier of tiers) {
    const zones = new Set(tier.map(({ zone }) => zone));
    const home = result.find((other) => !other.some(({ zone }) => zones.has(zone)));
    if (home) home.push(...tier);
    else result.push([...tier]);
  }
  return result;
}
