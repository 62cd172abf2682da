import { FIELD_VALUE, TOKEN } from './grammar.ts';

/** Hexadecimal digits of a chunk's size that still count exactly. */
const sizeDigits = 13;
/** Bytes of chunk extensions and trailers that a whole body may carry. */
const extraLimit = 16_384;

const IDLE = 0;
const LENGTH = 1;
const UNTIL_CLOSE = 2;
const SIZE = 3;
const EXTENSION = 4;
const SIZE_LF = 5;
const DATA = 6;
const DATA_CR = 7;
const DATA_LF = 8;
const TRAILER_START = 9;
const TRAILER_NAME = 10;
const TRAILER_VALUE = 11;
const TRAILER_LF = 12;
const END_LF = 13;

/**
 * Follows the framing of a body so that its bytes can travel on unchanged: chunked bodies are checked and not decoded. Trailers are
 * checked and left out, as RFC 9110 (6.5.1) lets intermediaries: a target must not merge them into fields that routing has seen.
 */
export class BodyReader {
  done = true;
  failed = false;
  #state = IDLE;
  #remaining = 0;
  #digits = 0;
  #extra = 0;
  #trailers = false;

  start(framing: 'none' | 'length' | 'chunked' | 'close', length: number): void {
    this.failed = false;
    this.done = framing === 'none';
    this.#state =
      framing === 'length' ? LENGTH : framing === 'chunked' ? SIZE : framing === 'close' ? UNTIL_CLOSE : IDLE;
    this.#remaining = framing === 'length' ? length : 0;
    this.#digits = 0;
    this.#extra = 0;
    this.#trailers = false;
  }

  /**
   * Takes what belongs to the body from `chunk`, from index `from` on, and returns the index behind it. What is to travel on is handed
   * to `raw` in as few spans as possible (framing included), or to `data` without the framing. Sets `done` or `failed`.
   */
  read(
    chunk: Buffer,
    from: number,
    sink: (chunk: Buffer, start: number, end: number) => void,
    decode = false,
  ): number {
    if (this.#state === UNTIL_CLOSE) {
      if (from < chunk.length) sink(chunk, from, chunk.length);
      return chunk.length;
    }
    if (this.#state === LENGTH) {
      const end = Math.min(chunk.length, from + this.#remaining);
      this.#remaining -= end - from;
      if (this.#remaining === 0) this.#finish();
      if (from < end) sink(chunk, from, end);
      return end;
    }
    return this.#state === IDLE ? from : this.#chunked(chunk, from, sink, decode);
  }

  #finish(): void {
    this.#state = IDLE;
    this.done = true;
  }

  #chunked(
    chunk: Buffer,
    from: number,
    sink: (chunk: Buffer, start: number, end: number) => void,
    decode: boolean,
  ): number {
    let span = from;
    let at = from;
    for (; at < chunk.length && !this.done && !this.failed; at++) {
      const byte = chunk[at] as number;
      switch (this.#state) {
        case SIZE: {
          const digit = hexadecimal(byte);
          if (digit >= 0) {
            this.failed = ++this.#digits > sizeDigits;
            this.#remaining = this.#remaining * 16 + digit;
          } else if (this.#digits === 0) this.failed = true;
          else if (byte === 13) this.#state = SIZE_LF;
          else if (byte === 0x3b) this.#state = EXTENSION;
          else this.failed = true;
          break;
        }
        case EXTENSION:
          if (byte === 13) this.#state = SIZE_LF;
          else this.failed = FIELD_VALUE[byte] !== 1 || ++this.#extra > extraLimit;
          break;
        case SIZE_LF:
          this.failed = byte !== 10;
          this.#digits = 0;
          this.#state = this.#remaining === 0 ? TRAILER_START : DATA;
          break;
        case DATA: {
          const size = Math.min(this.#remaining, chunk.length - at);
          this.#remaining -= size;
          if (decode) sink(chunk, at, at + size);
          at += size - 1;
          if (this.#remaining === 0) this.#state = DATA_CR;
          break;
        }
        case DATA_CR:
          this.failed = byte !== 13;
          this.#state = DATA_LF;
          break;
        case DATA_LF:
          this.failed = byte !== 10;
          this.#state = SIZE;
          break;
        case TRAILER_START:
          if (byte === 13) {
            this.#state = END_LF;
            if (this.#trailers) span = at;
          } else {
            if (!decode && !this.#trailers && at > span) sink(chunk, span, at);
            span = chunk.length;
            this.#trailers = true;
            this.failed = TOKEN[byte] !== 1;
            this.#state = TRAILER_NAME;
          }
          break;
        case TRAILER_NAME:
          if (byte === 0x3a) this.#state = TRAILER_VALUE;
          else this.failed = TOKEN[byte] !== 1 || ++this.#extra > extraLimit;
          break;
        case TRAILER_VALUE:
          if (byte === 13) this.#state = TRAILER_LF;
          else this.failed = FIELD_VALUE[byte] !== 1 || ++this.#extra > extraLimit;
          break;
        case TRAILER_LF:
          this.failed = byte !== 10;
          this.#state = TRAILER_START;
          break;
        default:
          this.failed = byte !== 10;
          if (!this.failed) this.#finish();
      }
    }
    const dropped = this.#trailers && this.#state !== END_LF && !this.done;
    if (!decode && !this.failed && !dropped && at > span) sink(chunk, span, at);
    return at;
  }
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
