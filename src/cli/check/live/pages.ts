/** Names that services have for "go on from here": of the answer, and of the next call. */
const TOKENS = [
  ['NextToken', 'NextToken'],
  ['nextToken', 'nextToken'],
  ['NextMarker', 'Marker'],
  ['Marker', 'Marker'],
] as const;

/** All pages of a call, without what the SDK adds to each. */
export async function pagesOf<R extends object>(
  ask: (more: Readonly<Record<string, string>>) => Promise<R>,
): Promise<readonly R[]> {
  const pages: R[] = [];
  let more: Readonly<Record<string, string>> = {};
  for (;;) {
    const { $metadata: _metadata, ...page } = (await ask(more)) as R & Record<string, unknown>;
    pages.push(page as unknown as R);
    const next = TOKENS.find(([name]) => typeof page[name] === 'string' && page[name] !== '');
    if (!next) return pages;
    more = { [next[1]]: page[next[0]] as string };
  }
}

/** Some at once: regions answer to many, and throttle hundreds. */
export async function each<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = 8,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce)
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  return results;
}

export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
