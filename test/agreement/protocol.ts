/** What is sent from one namespace, and from which port. */
export interface Packet {
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly sourcePort: number;
}
export type Order =
  | { readonly type: 'listen'; readonly name: string; readonly ports: readonly number[] }
  | {
      readonly type: 'probe';
      readonly round: number;
      readonly packets: readonly Packet[];
      readonly wait: number;
    };
export type Report =
  | { readonly type: 'ready' }
  /** Who answered, by the packet's id; `!` and a code where sending failed. */
  | { readonly type: 'answers'; readonly round: number; readonly answers: Readonly<Record<number, string>> };
