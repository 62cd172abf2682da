import { type Cidr, contains, overlaps, parseAddress, parseCidr } from '../../topology/cidr.ts';

/**
 * The addresses that one end of a path may have: one where it is known, those of a subnet where it is not yet given, all public ones
 * for the internet. `some`: it is enough that one of them passes (a client from anywhere); `every`: each must pass.
 */
export interface Addresses {
  readonly blocks: readonly Cidr[];
  readonly quantifier: 'some' | 'every';
}

/** How far a block of a rule reaches: over all of the addresses, over some, over none. */
export type Cover = 'all' | 'some' | 'none';

export function cover(cidr: string, { blocks }: Addresses): Cover {
  const rule = parseCidr(cidr);
  if (!rule) return 'none';
  if (rule.prefix === 0) return 'all';
  if (blocks.every((block) => contains(rule, block))) return 'all';
  return blocks.some((block) => overlaps(rule, block)) ? 'some' : 'none';
}

export const everyOf = (cidrs: readonly string[]): Addresses => ({
  blocks: cidrs.flatMap((cidr) => parseCidr(cidr) ?? []),
  quantifier: 'every',
});

export function oneAddress(address: string): Addresses {
  const first = parseAddress(address);
  return { blocks: first === undefined ? [] : [{ first, prefix: 32 }], quantifier: 'every' };
}

/**
 * The whole of the internet but what its gateways never carry: private, shared, loopback, link-local, multicast.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
].flatMap((text) => parseCidr(text) ?? []);

export const publicBlocks: readonly Cidr[] = without({ first: 0, prefix: 0 }, NOT_PUBLIC);

export const internet = (quantifier: Addresses['quantifier']): Addresses => ({
  blocks: publicBlocks,
  quantifier,
});

export const isPublic = (address: string): boolean => {
  const number = parseAddress(address);
  return number !== undefined && !NOT_PUBLIC.some((block) => contains(block, { first: number, prefix: 32 }));
};

/** A block less others, as blocks. */
function without(block: Cidr, less: readonly Cidr[]): Cidr[] {
  const near = less.filter((other) => overlaps(block, other));
  if (near.length === 0) return [block];
  if (near.some((other) => contains(other, block))) return [];
  const prefix = block.prefix + 1;
  return [
    { first: block.first, prefix },
    { first: block.first + 2 ** (32 - prefix), prefix },
  ].flatMap((half) => without(half, near));
}
