import { ApiError } from './api-error.ts';
import type { WireRequest } from './wire.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function checkExpiry({ query }: WireRequest, now: number): void {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  const seconds = Number(query.get('X-Amz-Expires') ?? NaN);
  if (date && Number.isFinite(seconds)) {
    const [year = 0, month = 1, ...rest] = date.slice(1).map(Number);
    if (now > Date.UTC(year, month - 1, ...rest) + seconds * 1000) throw expired();
  }
  // Signature version 2 gives the moment itself.
  const moment = query.has('Signature') ? Number(query.get('Expires') ?? NaN) : NaN;
  if (now > moment * 1000) throw expired();
}

const expired = () => new ApiError('AccessDenied', 'Request has expired', 403);
