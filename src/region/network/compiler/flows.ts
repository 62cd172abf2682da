import type { RulesetBuilder } from './ruleset.ts';

/** How long a flow is remembered after its last beginning, in seconds. */
export const flowSeconds = 86_400;

/** Who has begun to talk to whom, where that is observed: packets write it, nobody else does. */
export function flowSet(rules: RulesetBuilder): void {
  rules.set(
    'flows',
    'ipv4_addr . ipv4_addr . inet_proto . inet_service',
    [],
    ['flags dynamic,timeout', `timeout ${flowSeconds}s`, 'size 65535', 'counter'],
  );
}

/** The rule that remembers a new flow and goes on. */
export const observing = (match: string): string =>
  `${match ? `${match} ` : 'meta l4proto { tcp, udp } '}ct state new update @flows { ip saddr . ip daddr . meta l4proto . th dport }`;
