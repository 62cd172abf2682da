import type { Answer, Question } from 'dns-packet';
import type { PrivateZone } from '../../dns/zone.ts';

/** What the region says to the router program of a VPC. */
export type RouterOrder =
  | { readonly type: 'configure'; readonly version: number; readonly settings: RouterSettings }
  | { readonly type: 'forwarded'; readonly id: number; readonly answer: ForwardedAnswer };
/** What the router program says to the region. */
export type RouterReport =
  | { readonly type: 'configured'; readonly version: number }
  | { readonly type: 'failed'; readonly version: number; readonly message: string }
  | { readonly type: 'forward'; readonly id: number; readonly question: Question };

export interface RouterSettings {
  /** Where DNS is answered. */
  readonly resolvers: readonly string[];
  readonly zones: readonly PrivateZone[];
  readonly egress: EgressSettings;
}
export interface EgressSettings {
  readonly address: string;
  readonly port: number;
  /** The region's socket for what leaves the VPC, and the word that opens it. */
  readonly socket: string;
  readonly token: string;
  readonly nft: { readonly path: string; readonly env: Readonly<Record<string, string>> };
}
export interface ForwardedAnswer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  readonly answers: readonly Answer[];
}
/** What the router program writes first on a connection to the region's socket, as one line of JSON. */
export interface OutsideRequest {
  readonly token: string;
  /** Who asks, where the region itself answers: the metadata endpoint. */
  readonly from?: string;
  readonly address: string;
  readonly port: number;
}
