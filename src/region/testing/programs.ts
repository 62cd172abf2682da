/** What the program of a simulated image does, in milliseconds of the region's clock. */
export interface Program {
  /** Ends by itself this long after its start, with this code. */
  readonly exits?: { readonly after: number; readonly code: number };
  /** Answers on its ports from this long after its start; Infinity: never. Absent: at once. */
  readonly answersAfter?: number;
  /** Status of its answers. Absent: 200. */
  readonly status?: number;
  /** Exit code of the container's health check from its readiness on; absent: 0. */
  readonly check?: number;
  /** How long it takes to end after SIGTERM; Infinity: it has to be killed. Absent: at once. */
  readonly endsAfter?: number;
}

/** Images by reference: what no one named serves at once; `missing` cannot be pulled. */
export interface Programs {
  get(reference: string): Program | 'missing' | undefined;
}
