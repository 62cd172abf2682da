/**
 * One page of a list that is ordered by `keyOf`. The token is the last key of the page before, so that what is made or
 * deleted between two pages neither repeats nor hides others. `refuse` makes the service's error for a token of nobody's.
 */
export function pageAfter<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  size: number,
  token: string | undefined,
  refuse: (token: string) => Error,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const after = token === undefined ? undefined : decodeToken(token);
  if (after === undefined && token !== undefined) throw refuse(token);
  const ordered = [...items]
    .map((item): [string, T] => [keyOf(item), item])
    .filter(([key]) => after === undefined || key > after)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const page = ordered.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.map(([, item]) => item),
    next: ordered.length > page.length && last ? encodeToken(last[0]) : undefined,
  };
}

const encodeToken = (key: string): string => Buffer.from(`after:${key}`).toString('base64url');

function decodeToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined;
}
