import { pipeline } from 'node:stream/promises';
import { isDigest } from '../../../../oci/digest.ts';
import type { EcrState } from '../state.ts';
import { RegistryFault, unsupported } from './errors.ts';
import { answer, type Exchange } from './exchange.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-blobs */
export async function serveBlob(state: EcrState, exchange: Exchange): Promise<void> {
  const { method, repository, reference, request, response } = exchange;
  // What no image needs any more is freed by pruning.
  if (method !== 'GET' && method !== 'HEAD') throw unsupported(`${method} of a blob`);
  if (!isDigest(reference))
    throw new RegistryFault('DIGEST_INVALID', `"${reference}" is no digest sha256:…`, 400);
  const blob = await state.images(repository).blob(reference);
  if (!blob)
    throw new RegistryFault('BLOB_UNKNOWN', `the repository ${repository} has no blob ${reference}`, 404);
  const range = readRange(request.headers.range, blob.size);
  if (range === 'unsatisfiable') {
    answer(exchange, 416, { 'content-range': `bytes */${blob.size}` });
    return;
  }
  const { start, end } = range ?? { start: 0, end: blob.size - 1 };
  response.writeHead(range ? 206 : 200, {
    'docker-distribution-api-version': 'registry/2.0',
    'content-type': 'application/octet-stream',
    'content-length': end - start + 1,
    'docker-content-digest': reference,
    'accept-ranges': 'bytes',
    etag: `"${reference}"`,
    ...(range ? { 'content-range': `bytes ${start}-${end}/${blob.size}` } : {}),
  });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  const content = await blob.open(start);
  await pipeline(content, limited(end - start + 1), response);
}

/** One range of bytes: https://www.rfc-editor.org/rfc/rfc9110#name-range; others are answered with the whole. */
function readRange(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start >= size || end < start ? 'unsatisfiable' : { start, end };
}

function limited(bytes: number) {
  return async function* (content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
    let rest = bytes;
    if (rest === 0) return;
    for await (const part of content) {
      yield part.length > rest ? part.subarray(0, rest) : part;
      rest -= part.length;
      if (rest <= 0) return;
    }
  };
}
