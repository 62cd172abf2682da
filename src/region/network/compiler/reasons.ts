import { createHash } from 'node:crypto';

/** Why a packet was dropped. The packet carries the mark into the set of denials. */
export interface Reason {
  readonly text: string;
  readonly deciders: readonly string[];
}
export interface ReasonBook {
  /** The rule that sets the reason's mark and drops. */
  deny(text: string, deciders?: readonly string[]): string;
  readonly reasons: ReadonlyMap<number, Reason>;
}

/** Marks are derived from the reason's text, so that a denial keeps its meaning when the rules around it change. */
export function reasonBook(): ReasonBook {
  const reasons = new Map<number, Reason>();
  return {
    deny(text, deciders = []) {
      let mark = markOf(text);
      while (reasons.has(mark) && reasons.get(mark)?.text !== text) mark = markOf(`${text} ${mark}`);
      reasons.set(mark, { text, deciders });
      return `meta mark set ${mark} goto denied`;
    },
    reasons,
  };
}

/** A mark that is neither 0 (none) nor 1 (on its way out of the VPC). */
export function markOf(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE(0) >>> 1) | 2;
}
