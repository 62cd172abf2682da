import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const MEBIBYTE = 1024 * 1024;
/** Template bodies, user data and batches of log events stay well below. */
export const MESSAGE_LIMIT = 16 * MEBIBYTE;
/** An object in one piece; clients send larger ones in parts. */
export const OBJECT_LIMIT = 512 * MEBIBYTE;

/** Reads a request's body; one that is larger than `limit` is refused before it is held. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
    if (size > limit) throw tooLarge(limit);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, size);
}

function tooLarge(limit: number): ApiError {
  return new ApiError(
    limit === OBJECT_LIMIT ? 'EntityTooLarge' : 'RequestEntityTooLarge',
    `Your request's body exceeds the ${limit} bytes that the local region takes in one request`,
    413,
  );
}
