import { TOKEN } from './grammar.ts';

export interface HeadLimits {
  readonly firstLine: number;
  readonly line: number;
  readonly total: number;
}
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
export const requestLimits: HeadLimits = { firstLine: 16_384, line: 16_384, total: 65_536 };
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
export const responseLimits: HeadLimits = { firstLine: 32_768, line: 32_768, total: 32_768 };

export type ScanFailure = 'malformed' | 'first-line-too-long' | 'too-long';

export const MORE = -1;
export const FAILED = -2;
/** Empty lines that a client may send before its request (RFC 9112, 2.2). */
const leadingLines = 4;

/**
 * Finds the end of a message head in a stream of chunks, each byte looked at once, whatever the chunks' borders. Line ends are CR LF and
 * nothing else: a bare CR or LF is where two parsers would see different messages.
 */
export class HeadScanner {
  /** The head without its final empty line, once `push` has found it. */
  text = '';
  failure: ScanFailure = 'malformed';
  readonly #limits: HeadLimits;
  #kept: Buffer[] = [];
  #total = 0;
  #line = 0;
  #lines = 0;
  #leading = 0;
  #previous = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Whether a head has begun and is not complete. */
  get begun(): boolean {
    return this.#total > 0;
  }

  /** The index in `chunk` behind the head; MORE when it is not complete; FAILED with `failure` set. */
  push(chunk: Buffer, from: number): number {
    const { firstLine, line: lineLimit, total: totalLimit } = this.#limits;
    let start = from;
    let total = this.#total;
    let line = this.#line;
    let previous = this.#previous;
    for (let index = from; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      total++;
      if (byte === 10) {
        if (previous !== 13) return this.#fail('malformed');
        if (line === 1) {
          if (this.#lines > 0) return this.#complete(chunk, start, index + 1);
          if (++this.#leading > leadingLines) return this.#fail('malformed');
          this.#kept.length = 0;
          start = index + 1;
          total = 0;
        } else this.#lines++;
        line = 0;
      } else {
        if (previous === 13) return this.#fail('malformed');
        if (line === 0 && this.#lines === 0 && byte !== 13 && TOKEN[byte] !== 1)
          return this.#fail('malformed');
        line++;
        // The CR of the line's end is not part of what is limited.
        const limit = this.#lines === 0 ? firstLine : lineLimit;
        if (line > limit && (byte !== 13 || line > limit + 1))
          return this.#fail(this.#lines === 0 ? 'first-line-too-long' : 'too-long');
      }
      if (total > totalLimit) return this.#fail('too-long');
      previous = byte;
    }
    if (start < chunk.length) this.#kept.push(start === 0 ? chunk : chunk.subarray(start));
    this.#total = total;
    this.#line = line;
    this.#previous = previous;
    return MORE;
  }

  #complete(chunk: Buffer, start: number, end: number): number {
    if (this.#kept.length === 0) this.text = chunk.toString('latin1', start, end - 2);
    else {
      const whole = Buffer.concat([...this.#kept, chunk.subarray(start, end)]);
      this.text = whole.toString('latin1', 0, whole.length - 2);
    }
    this.reset();
    return end;
  }

  #fail(failure: ScanFailure): number {
    this.failure = failure;
    this.#kept.length = 0;
    return FAILED;
  }

  /** Ready for the next head. */
  reset(): void {
    if (this.#kept.length > 0) this.#kept = [];
    this.#total = 0;
    this.#line = 0;
    this.#lines = 0;
    this.#leading = 0;
    this.#previous = 0;
  }
}
