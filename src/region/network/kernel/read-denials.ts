import { denialSeconds } from '../compiler/base.ts';
import type { Reason } from '../compiler/reasons.ts';
import type { Denial } from '../network.ts';
import { readSet } from './read-set.ts';

/** Reads `nft -j list set ip vpc denied`. */
export function readDenials(
  json: string,
  vpcId: string,
  reasons: ReadonlyMap<number, Reason>,
  now: number,
): readonly Denial[] {
  return readSet(json).flatMap(({ key: [from, to, protocol, port, mark], packets, expires }) => {
    const reason = reasons.get(Number(mark));
    if (reason === undefined) return [];
    return [
      {
        vpcId,
        from: String(from),
        to: String(to),
        protocol: String(protocol),
        port: Number(port),
        reason: reason.text,
        deciders: reason.deciders,
        count: packets,
        lastSeen: now - (denialSeconds - (expires ?? denialSeconds)) * 1000,
      },
    ];
  });
}
