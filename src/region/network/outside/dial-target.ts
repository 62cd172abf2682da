import { networkInterfaces } from 'node:os';
import { containsAddress, parseAddress, parseCidr } from '../../../topology/cidr.ts';

/** This machine and its link: loopback, link-local with the metadata of clouds, multicast, nowhere. */
const never = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '168.63.129.16/32',
  '100.100.100.200/32',
].flatMap((cidr) => parseCidr(cidr) ?? []);

/** The address to dial for a destination outside, or why none is dialled. */
export function dialTarget(
  address: string,
  outside: Readonly<Record<string, string>>,
  own: readonly string[] = ownAddresses(),
): string | { readonly refused: string } {
  const mapped = outside[address];
  if (mapped !== undefined) return mapped;
  const number = parseAddress(address);
  if (number === undefined) return { refused: 'it is no IPv4 address' };
  if (never.some((cidr) => containsAddress(cidr, number)))
    return { refused: 'it is an address of this machine or its link' };
  if (own.includes(address)) return { refused: 'it is an address of this machine' };
  return address;
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
}
