/** An IPv4 block; `first` is its first address as an unsigned number, host bits cleared. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
}

const OCTET = /^(0|[1-9][0-9]{0,2})$/;

/** The address as a number, or undefined where the text is none (IPv6 included). */
export function parseAddress(text: string): number | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255))
    return undefined;
  return octets.reduce((address, octet) => address * 256 + Number(octet), 0);
}

export function formatAddress(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

/** The block with its host bits cleared, as AWS stores it, or undefined where the text is none (IPv6 included). */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const parsed = parseAddress(address);
  if (parsed === undefined || length === undefined || rest.length > 0 || !OCTET.test(length))
    return undefined;
  const prefix = Number(length);
  return prefix > 32 ? undefined : { first: parsed - (parsed % 2 ** (32 - prefix)), prefix };
}

export const formatCidr = ({ first, prefix }: Cidr): string => `${formatAddress(first)}/${prefix}`;

/** The text of the block with host bits cleared: `10.0.0.7/24` is `10.0.0.0/24`. */
export function canonicalCidr(text: string): string | undefined {
  const cidr = parseCidr(text);
  return cidr && formatCidr(cidr);
}

const SIZES = Array.from({ length: 33 }, (_, prefix) => 2 ** (32 - prefix));
export const size = ({ prefix }: Cidr): number => SIZES[prefix] ?? 0;
export const last = (cidr: Cidr): number => cidr.first + size(cidr) - 1;

/** Whether the second block lies within the first; a block contains itself. */
export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.first <= inner.first && last(inner) <= last(outer);
export const containsAddress = (cidr: Cidr, address: number): boolean =>
  cidr.first <= address && address <= last(cidr);
export const overlaps = (one: Cidr, other: Cidr): boolean =>
  one.first <= last(other) && other.first <= last(one);

/**
 * The five addresses of a subnet that nobody gets: network, router, DNS, future use, broadcast.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
export const isReserved = (subnet: Cidr, address: number): boolean =>
  address < subnet.first + 4 || address === last(subnet);

/** The lowest address of a subnet that is neither reserved nor taken. */
export function allocateAddress(subnet: Cidr, isTaken: (address: number) => boolean): number | undefined {
  const end = last(subnet);
  for (let address = subnet.first + 4; address < end; address += 1) if (!isTaken(address)) return address;
  return undefined;
}
