import { isIPv6 } from 'node:net';

/**
 * The text of an IPv6 block with host bits cleared, or undefined where it is none: `2001:DB8:0::1/32` is `2001:db8::/32`.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ipv6Range.html
 */
export function canonicalIpv6Cidr(text: string): string | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isIPv6(address) || address.includes('%')) return undefined;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > 128) return undefined;
  const words = wordsOf(shortest(address)).map((word, index) => {
    const kept = Math.min(Math.max(Number(length) - 16 * index, 0), 16);
    return word & (0xffff << (16 - kept)) & 0xffff;
  });
  return `${shortest(words.map((word) => word.toString(16)).join(':'))}/${length}`;
}

/** Lower case, without leading zeros, the longest run of zeros as `::`. */
const shortest = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function wordsOf(address: string): number[] {
  const [before = [], after = []] = address
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((word) => Number.parseInt(word, 16))));
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
