import { parseCidr } from '../../../topology/cidr.ts';
import type { PortRange, Protocol } from '../../../topology/model.ts';

/** https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml; others stand as numbers. */
const numbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  egp: 8,
  igp: 9,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  ospf: 89,
  sctp: 132,
  udplite: 136,
};

/**
 * The protocol and port part of a rule. Ports are the destination's; protocols other than TCP, UDP and ICMP cover all ports.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
 * Undefined where the name means no protocol: such a rule matches nothing.
 */
export function matchProtocol(protocol: Protocol, ports: PortRange | undefined): string | undefined {
  const name = protocol.toLowerCase();
  if (name === 'all' || name === '-1') return '';
  const number = numbers[name] ?? (/^\d{1,3}$/.test(name) && Number(name) < 256 ? Number(name) : undefined);
  if (number === undefined) return undefined;
  if (number === 1) return matchIcmp(ports);
  const transport = number === 6 ? 'tcp' : number === 17 ? 'udp' : undefined;
  if (!transport) return `meta l4proto ${number}`;
  if (!ports || (ports.from <= 0 && ports.to >= 65_535)) return `meta l4proto ${transport}`;
  return `${transport} dport ${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}`;
}

/** For ICMP the range is type and code, -1 for any. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function matchIcmp(ports: PortRange | undefined): string {
  if (!ports || ports.from < 0) return 'meta l4proto icmp';
  return `icmp type ${ports.from}${ports.to < 0 ? '' : ` icmp code ${ports.to}`}`;
}

/** The address part; empty for every address, undefined for IPv6, which no rule here can match. */
export function matchAddress(side: 'saddr' | 'daddr', cidr: string): string | undefined {
  const parsed = parseCidr(cidr);
  if (!parsed) return undefined;
  return parsed.prefix === 0 ? '' : `ip ${side} ${cidr}`;
}

/** One rule of its parts; undefined where a part matches nothing. */
export function rule(...parts: readonly (string | undefined)[]): string[] {
  return parts.includes(undefined) ? [] : [parts.filter((part) => part !== '').join(' ')];
}
