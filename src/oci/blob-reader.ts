import { Readable } from 'node:stream';
import { sleep } from '../common/clock.ts';
import { asRegistryError, RegistryError, type Place } from './errors.ts';
import { isPassing, type RetryOptions } from './retry.ts';
import { TransportError, type HttpResponse } from './transport.ts';

/** Gives the blob's bytes from `from` on; 206, or 200 with the whole of it. */
export type FetchBlob = (from: number) => Promise<HttpResponse>;

/**
 * The bytes of a blob from `from` to its end, as one stream: where a connection breaks, the rest is asked for. Ends with an
 * error where the server stalls, or breaks off again and again without having sent more.
 */
export function readBlob(
  place: Place,
  blob: { readonly digest: string; readonly size: number },
  from: number,
  fetchBlob: FetchBlob,
  { clock, attempts, firstDelay }: RetryOptions,
): Readable {
  async function* bytes(): AsyncGenerator<Buffer, void, void> {
    let at = from;
    let fruitless = 0;
    while (at < blob.size) {
      const before = at;
      try {
        const response = await fetchBlob(at);
        let skip = at - startOf(response);
        for await (const piece of response.pieces()) {
          const rest = skip < piece.length ? piece.subarray(skip) : undefined;
          skip = Math.max(0, skip - piece.length);
          if (!rest) continue;
          at += rest.length;
          if (at > blob.size)
            throw contentError(place, `${blob.digest} has more than its ${blob.size} bytes`);
          yield rest;
        }
        if (at < blob.size) throw new TransportError('broken', 'unexpected EOF');
      } catch (error) {
        fruitless = at > before ? 0 : fruitless + 1;
        if (!isPassing(error)) throw asRegistryError(place, error);
        if (fruitless >= attempts)
          throw contentError(
            place,
            `failed to copy: ${blob.digest}: unexpected EOF after ${at} of ${blob.size} bytes`,
          );
        await sleep(clock, firstDelay * 2 ** fruitless);
      }
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

/** Where the bytes of an answer begin: https://www.rfc-editor.org/rfc/rfc9110#name-content-range */
function startOf({ status, headers }: HttpResponse): number {
  if (status !== 206) return 0;
  const [, start = '0'] = /^bytes (\d+)-/.exec(headers['content-range'] ?? '') ?? [];
  return Number(start);
}

export const contentError = (place: Place, message: string): RegistryError =>
  new RegistryError({
    ...place,
    code: 'registry-content',
    message,
    fix: `${place.registry} has sent other content than it announced; try again`,
  });
