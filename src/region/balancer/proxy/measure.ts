import { countResponse, type GroupCounts } from '../traffic.ts';

/** Counts what becomes of one request after the other that a client's connection forwards; allocates nothing. */
export class Measure {
  #counts: GroupCounts | undefined;
  /** Milliseconds of a clock that only goes forward. */
  #forwarded = 0;

  /** A target of the group was chosen. */
  forwarded(counts: GroupCounts): void {
    this.#counts = counts;
    counts.requests++;
    this.#forwarded = performance.now();
  }

  /** The head of the target's response is there. */
  answered(status: number): void {
    if (this.#counts) countResponse(this.#counts, status, performance.now() - this.#forwarded);
  }

  notConnected(): void {
    if (this.#counts) this.#counts.connectionErrors++;
  }
}
