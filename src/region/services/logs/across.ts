import { invalidToken } from './errors.ts';
import type { EventFile, StoredEvent, TimeRange } from './event-file.ts';
import type { StreamRecord } from './state.ts';

/** Stream number → position to go on from. A stream that is not in it is read from its start. */
export type Positions = ReadonlyMap<number, number>;

interface Source {
  readonly stream: StreamRecord;
  readonly events: EventFile;
}
interface Head {
  readonly source: Source;
  readonly rest: Iterator<StoredEvent>;
  event: StoredEvent;
}
/** How many events one call looks at: a page that found little may end before the streams do, as on AWS. */
const MOST_EXAMINED = 20_000;

/** One page of events that match, over several streams, merged by time. */
export function pageAcross(
  sources: readonly Source[],
  range: TimeRange,
  matches: (message: string) => boolean,
  from: Positions,
  most: { readonly events: number; readonly bytes: number },
): {
  readonly found: readonly { readonly stream: StreamRecord; readonly event: StoredEvent }[];
  readonly next: Positions | undefined;
} {
  const positions = new Map(from);
  const heads: Head[] = [];
  for (const source of sources) {
    const rest = source.events.forward(from.get(source.stream.number) ?? 0, range)[Symbol.iterator]();
    const first = rest.next();
    if (!first.done) heads.push({ source, rest, event: first.value });
  }
  const found: { stream: StreamRecord; event: StoredEvent }[] = [];
  let bytes = 0;
  let examined = 0;
  while (heads.length > 0) {
    if (found.length >= most.events || bytes >= most.bytes || examined >= MOST_EXAMINED)
      return { found, next: positions };
    const head = heads.reduce((a, b) => (b.event.timestamp < a.event.timestamp ? b : a));
    const { event } = head;
    const { stream } = head.source;
    examined++;
    positions.set(stream.number, event.next);
    if (matches(event.message)) {
      found.push({ stream, event });
      bytes += event.message.length;
    }
    const following = head.rest.next();
    if (following.done) heads.splice(heads.indexOf(head), 1);
    else head.event = following.value;
  }
  return { found, next: undefined };
}

export function writeToken(positions: Positions): string {
  return Buffer.from(JSON.stringify([...positions])).toString('base64url');
}

export function readToken(token: string): Positions {
  try {
    const pairs: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(pairs) && pairs.every(isPair)) return new Map(pairs);
  } catch {
    // Not a token of ours: said below.
  }
  throw invalidToken();
}

function isPair(pair: unknown): pair is [number, number] {
  return Array.isArray(pair) && pair.length === 2 && pair.every((part) => Number.isSafeInteger(part));
}
