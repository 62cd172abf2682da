import { flowSeconds } from '../compiler/flows.ts';
import type { Flow } from '../network.ts';
import { readSet } from './read-set.ts';

/** Reads `nft -j list set ip vpc flows`. */
export function readFlows(json: string, vpcId: string, now: number): readonly Flow[] {
  return readSet(json).map(({ key: [from, to, protocol, port], packets, expires }) => ({
    vpcId,
    from: String(from),
    to: String(to),
    protocol: String(protocol),
    port: Number(port),
    count: packets,
    lastSeen: now - (flowSeconds - (expires ?? flowSeconds)) * 1000,
  }));
}
