import type { PublicService } from '../design-model.ts';

/**
 * What a rule of a listener asks of a request. A path without a star stands for itself and all below it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function conditions({ host, path }: PublicService): unknown[] {
  return [
    ...(host === undefined ? [] : [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }]),
    ...(path === undefined ? [] : [{ Field: 'path-pattern', PathPatternConfig: { Values: paths(path) } }]),
  ];
}

function paths(path: string): string[] {
  if (/[*?]/.test(path)) return [path];
  const plain = path.replace(/\/+$/, '');
  return plain === '' ? ['/*'] : [plain, `${plain}/*`];
}

/** Longest path that is told from longer ones; patterns have at most 128 characters. */
const LENGTHS = 128;
/** Places for rules of one rank, so that a rule keeps its number when others come and go: two rules of a listener never change places in one step. */
const PLACES = 120;

/**
 * Numbers from 1 to 50,000 by service, the most specific first: a host before none, an exact host before a pattern, a longer path
 * before a shorter one. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export function priorities(rules: readonly PublicService[]): ReadonlyMap<PublicService, number> {
  const taken = new Set<number>();
  return new Map(
    rules.map((rule) => {
      const first = rank(rule) * PLACES;
      let place = hash(`${rule.host ?? ''} ${rule.path ?? ''}`) % PLACES;
      while (taken.has(first + place)) place = (place + 1) % PLACES;
      taken.add(first + place);
      return [rule, first + place + 1] as const;
    }),
  );
}

function rank({ host, path = '' }: PublicService): number {
  const hosts = host === undefined ? 2 : /[*?]/.test(host) ? 1 : 0;
  const literal = Math.min(LENGTHS - 1, path.replaceAll(/[*?]/g, '').length);
  return hosts * LENGTHS + (LENGTHS - 1 - literal);
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  return value >>> 0;
}
