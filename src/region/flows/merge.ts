import type { Flow } from '../network/network.ts';
import type { FlowEnd, FlowKind, Holder, SeenFlow } from './model.ts';

/** What is known of a VPC's addresses at the moment. */
export interface Addresses {
  readonly holder: (vpcId: string, address: string) => Holder | undefined;
  /** `resolver` and `outside` are held by nobody. */
  readonly place: (vpcId: string, address: string) => 'inside' | 'resolver' | 'outside';
}

/** The name of a flow in the table: one for all tasks of a service. */
export const seenKey = ({ vpcId, from, to, protocol, port }: Omit<SeenFlow, 'count' | 'lastSeen' | 'kind'>) =>
  `${vpcId} ${from.name ?? from.address} ${to.name ?? to.address} ${protocol} ${port}`;

/** A flow as the kernel saw it, with the names that its addresses have now. */
export function named(
  { vpcId, from, to, protocol, port, count, lastSeen }: Flow,
  addresses: Addresses,
): SeenFlow {
  const [sender, receiver] = [addresses.holder(vpcId, from), addresses.holder(vpcId, to)];
  const end = (address: string, holder: Holder | undefined): FlowEnd => ({
    address,
    ...(holder ? { name: holder.name } : {}),
  });
  return {
    kind: kindOf(sender, receiver, addresses.place(vpcId, to)),
    vpcId,
    from: end(from, sender),
    to: end(to, receiver),
    protocol,
    port,
    count,
    lastSeen,
  };
}

function kindOf(
  sender: Holder | undefined,
  receiver: Holder | undefined,
  place: ReturnType<Addresses['place']>,
): FlowKind {
  if (place !== 'inside') return place;
  if (sender?.kind === 'load-balancer') return 'load-balancer';
  if (receiver?.kind === 'load-balancer') return 'to-load-balancer';
  return sender?.kind === 'service' && receiver?.kind === 'service' ? 'service' : 'other';
}

export const merged = (before: SeenFlow | undefined, seen: SeenFlow): SeenFlow =>
  before
    ? { ...seen, count: before.count + seen.count, lastSeen: Math.max(before.lastSeen, seen.lastSeen) }
    : seen;
