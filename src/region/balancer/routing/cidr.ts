import { BlockList, isIP } from 'node:net';

/** Whether an address lies in one of `cidrs`. Answers are remembered: a client's address comes back. */
export function cidrMatcher(cidrs: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  const remembered = new Map<string, boolean>();
  return (address) => {
    let known = remembered.get(address);
    if (known === undefined) {
      known = list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
      if (remembered.size > 10_000) remembered.clear();
      remembered.set(address, known);
    }
    return known;
  };
}
