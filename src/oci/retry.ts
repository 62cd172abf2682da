import { sleep, type Clock } from '../common/clock.ts';
import { TransportError, type HttpResponse } from './transport.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly firstDelay: number;
}
/** A registry that asks for more patience than this is told of instead. */
const LONGEST_WAIT = 60_000;

const BUSY = new Set([429, 500, 502, 503, 504]);
export const isBusy = (status: number): boolean => BUSY.has(status);

/** Sends until the answer is no passing failure; the last answer or error is what remains. */
export async function withRetries(
  { clock, attempts, firstDelay }: RetryOptions,
  send: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    const backOff = firstDelay * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
    try {
      const response = await send();
      if (!isBusy(response.status) || attempt >= attempts) return response;
      const wait = retryAfter(response.headers['retry-after'], clock.now()) ?? backOff;
      if (wait > LONGEST_WAIT) return response;
      response.discard();
      await sleep(clock, wait);
    } catch (error) {
      if (!isPassing(error) || attempt >= attempts) throw error;
      await sleep(clock, backOff);
    }
  }
}

/** A connection that broke may hold the next time; a name that is unknown stays so, and a stalled server has had its time. */
export const isPassing = (error: unknown): boolean =>
  error instanceof TransportError && error.failure === 'broken';

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
