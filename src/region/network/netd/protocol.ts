/** What the region says to netd. */
export type Request =
  | {
      readonly type: 'spawn';
      readonly id: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly network?: string;
      readonly ipc: boolean;
      readonly cwd?: string;
    }
  | { readonly type: 'write'; readonly id: number; readonly chunk: Uint8Array | string }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'message'; readonly id: number; readonly message: unknown }
  | {
      readonly type: 'signal';
      readonly id: number;
      readonly call: number;
      readonly signal: string;
      readonly depth: number;
    }
  /** Output of this many bytes has been taken. */
  | { readonly type: 'taken'; readonly id: number; readonly bytes: number };

/** What netd says to the region. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'started'; readonly id: number; readonly pid: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | {
      readonly type: 'output';
      readonly id: number;
      readonly stream: 'stdout' | 'stderr';
      readonly chunk: Uint8Array;
    }
  | { readonly type: 'message'; readonly id: number; readonly message: unknown }
  | {
      readonly type: 'exited';
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | { readonly type: 'signalled'; readonly call: number; readonly delivered: boolean };
