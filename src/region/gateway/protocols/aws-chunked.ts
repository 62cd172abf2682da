import type { IncomingHttpHeaders } from 'node:http';
import { fail } from '../fault.ts';
import { header } from '../wire.ts';

/**
 * `<hex>[;chunk-signature=…]\r\n<data>\r\n … 0[;…]\r\n<trailer>: <value>\r\n\r\n`
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return (header(headers, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-');
}

/** The body without the chunks' framing; trailers become headers, and the encoding's own headers go. */
export function unchunk(
  headers: IncomingHttpHeaders,
  body: Buffer,
): { readonly headers: IncomingHttpHeaders; readonly body: Buffer } {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = end < 0 ? NaN : Number.parseInt(body.toString('latin1', at, end), 16);
    const from = end + 2;
    if (!Number.isInteger(size) || size < 0 || from + size > body.length)
      fail({ kind: 'unreadable', reason: 'the aws-chunked body ends too early' });
    at = from + size;
    if (size === 0) break;
    parts.push(body.subarray(from, at));
    at += 2;
  }
  const decoded = Buffer.concat(parts);
  const promised = header(headers, 'x-amz-decoded-content-length');
  if (promised !== undefined && Number(promised) !== decoded.length)
    fail({
      kind: 'unreadable',
      reason: `x-amz-decoded-content-length is ${promised}, ${decoded.length} bytes came`,
    });
  return {
    body: decoded,
    headers: {
      ...withoutEncoding(headers),
      ...trailers(body.toString('latin1', at)),
      'content-length': String(decoded.length),
    },
  };
}

function withoutEncoding(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'content-encoding': encoding, ...others } = headers;
  const kept = (encoding ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part && part !== 'aws-chunked');
  return kept.length > 0 ? { ...others, 'content-encoding': kept.join(',') } : others;
}

function trailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
