import { invalidParameter } from './errors.ts';

/** One page of a list; the token is the index to go on from. */
export function page<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { readonly items: T[]; readonly next: string | undefined } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw invalidParameter(`Invalid token in pagination: ${token}`);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? String(end) : undefined };
}
