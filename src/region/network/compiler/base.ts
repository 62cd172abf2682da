import type { Topology } from '../../../topology/model.ts';
import { egressAddress, egressPort, taskMetadataAddress } from './addresses.ts';
import { flowSet, observing } from './flows.ts';
import type { ReasonBook } from './reasons.ts';
import type { RulesetBuilder } from './ruleset.ts';

/** How long a denial is remembered, in seconds. */
export const denialSeconds = 3600;

/** https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html (RFC 1918 and RFC 6598 at internet gateways) */
const privateRanges = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];
/** Never forwarded: link-local (https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html), loopback, multicast. */
const neverRouted = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

interface Base {
  readonly topology: Topology;
  readonly rules: RulesetBuilder;
  readonly reasons: ReasonBook;
  readonly addresses: readonly string[];
  readonly resolvers: readonly string[];
  readonly open: boolean;
  readonly observed: boolean;
}

/** What every VPC's filter has: the way in, the router's own services, the way out, the way back, and the memory of denials. */
export function baseChains(base: Base): void {
  const { topology, rules, reasons, addresses, resolvers, open, observed } = base;
  rules.set(
    'router',
    'ipv4_addr',
    addresses.filter((address) => address !== egressAddress),
  );
  rules.set('resolver', 'ipv4_addr', resolvers);
  rules.set('unroutable', 'ipv4_addr', open ? neverRouted : [...privateRanges, ...neverRouted], [
    'flags interval',
  ]);
  rules.set('elastic', 'ipv4_addr', publicAddresses(topology));
  rules.set(
    'denied',
    'ipv4_addr . ipv4_addr . inet_proto . inet_service . mark',
    [],
    ['flags dynamic,timeout', `timeout ${denialSeconds}s`, 'size 16384', 'counter'],
  );
  rules.map('outside', 'ipv4_addr . inet_service : ipv4_addr . inet_service', new Map(), [
    'flags dynamic,timeout',
    'timeout 60s',
    'size 65536',
  ]);

  if (observed) flowSet(rules);
  const observe = (match: string) => (observed ? [observing(match)] : []);

  rules.chain('denied', [
    'meta l4proto { tcp, udp } update @denied { ip saddr . ip daddr . meta l4proto . th dport . meta mark } drop',
    'update @denied { ip saddr . ip daddr . meta l4proto . 0 . meta mark } drop',
  ]);
  // The resolver and metadata pass groups and network ACLs: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
  rules.chain('router', [
    ...observe('ip daddr @resolver meta l4proto { tcp, udp } th dport 53'),
    'ip daddr @resolver meta l4proto { tcp, udp } th dport 53 accept',
    `ip daddr ${taskMetadataAddress} tcp dport 80 accept`,
    reasons.deny('the address is reserved by the VPC, and nothing answers there'),
  ]);
  rules.chain('onward', ['iifname vmap @subnets']);
  rules.chain('deliver', [
    'ct state established,related accept',
    'ip daddr vmap @receivers',
    reasons.deny('no interface has this address'),
  ]);
  rules.chain('outside', [
    `ip daddr @elastic ${reasons.deny('not enacted: a public address of the region, from inside a VPC')}`,
    `meta l4proto udp ${reasons.deny('not enacted: udp out of the VPC')}`,
    `meta l4proto icmp ${reasons.deny('not enacted: icmp out of the VPC')}`,
    `meta l4proto != tcp ${reasons.deny('not enacted: protocols other than tcp out of the VPC')}`,
    ...observe(''),
    'meta mark set 1 accept',
  ]);
  // Replies from outside leave the router with the outside's address; network ACLs see them as on AWS.
  rules.chain('replies', ['oifname vmap @homes']);
  rules.chain(
    'way_back',
    ['ct mark 0 accept', 'ct direction original accept', 'ct mark vmap @nat_replies', 'goto replies'],
    'type filter hook postrouting priority 150; policy accept',
  );
  rules.chain(
    'way_out',
    [`meta mark 1 meta l4proto tcp dnat to ${egressAddress}:${egressPort}`],
    'type nat hook prerouting priority -100; policy accept',
  );
  // Connections from one port to several places meet at the router, and the kernel gives the later ones another source port. So what
  // the router sees is noted where it is final, together with where the connection was going.
  rules.chain(
    'handed_over',
    [
      `meta mark 1 ct state new ip daddr ${egressAddress} update @outside { ip saddr . tcp sport : ct original ip daddr . ct original proto-dst }`,
    ],
    'type filter hook input priority 150; policy accept',
  );
  // Who sends is checked first: https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html (ENI_SOURCE_DEST_CHECK_RESTRICTION)
  rules.chain(
    'entry',
    [
      'iifname "lo" accept',
      'ct state invalid drop',
      `iifname . ip saddr != @sources iifname != @unchecked ${reasons.deny('source/destination check: the sender does not own this address')}`,
      'ip daddr @router goto router',
      'ct state new iifname vmap @senders',
      'iifname vmap @subnets',
    ],
    'type filter hook prerouting priority -150; policy drop',
  );
}

function publicAddresses({ interfaces, natGateways }: Topology): string[] {
  return [...interfaces, ...natGateways].flatMap(({ publicAddress }) => publicAddress ?? []);
}
