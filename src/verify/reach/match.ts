import type { PortRange, Protocol } from '../../topology/model.ts';

/** https://www.iana.org/assignments/protocol-numbers; AWS takes names and numbers alike. */
export function protocolOf(protocol: Protocol): Protocol {
  const known: Readonly<Record<string, Protocol>> = { '-1': 'all', '6': 'tcp', '17': 'udp', '1': 'icmp' };
  return known[protocol] ?? protocol;
}

export function matchesPort(
  rule: Protocol,
  ports: PortRange | undefined,
  protocol: 'tcp' | 'udp',
  port: number,
): boolean {
  if (rule === 'all') return true;
  return rule === protocol && (ports === undefined || (ports.from <= port && port <= ports.to));
}
