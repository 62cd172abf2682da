/** What the region says to the program in a task's network namespace. */
export type ToForwarder =
  /** Comes with an accepted connection of the host's. */
  | { readonly kind: 'connection'; readonly port: number }
  /** Of a client of the host; answers come back under the flow's number. */
  | {
      readonly kind: 'datagram';
      readonly flow: number;
      readonly port: number;
      readonly message: Uint8Array;
    };

export type FromForwarder =
  | { readonly kind: 'datagram'; readonly flow: number; readonly message: Uint8Array }
  /** Nothing has been under way for a while; `taken` counts the messages that it had had by then. */
  | { readonly kind: 'idle'; readonly taken: number };
