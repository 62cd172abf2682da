/** What a worker is given. */
export interface Work {
  readonly root: string;
  readonly target: 'template' | 'compose';
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** The number of the mutation that is under way. */
  readonly progress: Int32Array;
}
/** A mutation that came to no good end. */
export interface Found {
  readonly index: number;
  readonly of: string;
  readonly kind: string;
  readonly said: string;
  readonly text: string;
}
