/** What is sent from one namespace, and from which port. */
export interface Packet {
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly sourcePort: number;
  /** Milliseconds until silence is taken for a drop. */
  readonly wait: number;
}
export type Order =
  | { readonly type: 'listen'; readonly name: string; readonly ports: readonly number[] }
  | {
      readonly type: 'probe';
      readonly round: number;
      readonly packets: readonly Packet[];
    };
export type Report =
  | { readonly type: 'ready' }
  /** Who answered, by the packet's id; `!` and a code where sending failed. */
  | { readonly type: 'answers'; readonly round: number; readonly answers: Readonly<Record<number, string>> };
