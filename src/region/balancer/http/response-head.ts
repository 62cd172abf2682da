import { FIELD_VALUE, TOKEN, consistsOf, isNamed } from './grammar.ts';
import { hasToken, lengthOf, valueOf, withoutNominated } from './request-head.ts';

/** `close`: the body ends with the connection. */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'close';

export interface ResponseHead {
  readonly status: number;
  /** Code and reason as the target gave them: `200 OK`. */
  readonly statusLine: string;
  /** End-to-end fields as lines, Content-Length among them. */
  readonly kept: string;
  readonly framing: ResponseFraming;
  readonly length: number;
  /** Whether the connection may carry another request. */
  readonly reusable: boolean;
  /** Seconds that the target says it keeps an idle connection. */
  readonly keepAliveSeconds: number | undefined;
  /** The protocol that a 101 changes to. */
  readonly upgrade: string | undefined;
}

/** Undefined when the head is malformed: a 502. */
export function parseResponseHead(text: string, toHead: boolean): ResponseHead | undefined {
  const firstEnd = text.indexOf('\r\n');
  const minor = text.startsWith('HTTP/1.1 ') ? 1 : text.startsWith('HTTP/1.0 ') ? 0 : undefined;
  if (minor === undefined) return undefined;
  const code = text.slice(9, 12);
  const status = /^[1-9]\d\d$/.test(code) ? Number(code) : 0;
  if (status === 0 || (firstEnd > 12 && text.charCodeAt(12) !== 0x20)) return undefined;
  if (!consistsOf(FIELD_VALUE, text, 12, firstEnd)) return undefined;

  let length = -1;
  let encoding: string | undefined;
  let connection: string | undefined;
  let keepAlive: string | undefined;
  let upgrade: string | undefined;
  let kept = '';
  let run = firstEnd + 2;
  for (let at = run; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    let colon = at;
    while (TOKEN[text.charCodeAt(colon)] === 1) colon++;
    if (colon === at || text.charCodeAt(colon) !== 0x3a) return undefined;
    if (!consistsOf(FIELD_VALUE, text, colon + 1, end)) return undefined;
    let own = false;
    switch (colon - at) {
      case 7:
        own = isNamed(text, at, 'upgrade');
        if (own) upgrade = valueOf(text, colon, end);
        break;
      case 10:
        if (isNamed(text, at, 'connection')) {
          own = true;
          connection = connection === undefined ? '' : `${connection},`;
          connection += valueOf(text, colon, end).toLowerCase();
        } else if (isNamed(text, at, 'keep-alive')) {
          own = true;
          keepAlive = valueOf(text, colon, end);
        }
        break;
      case 14:
        if (isNamed(text, at, 'content-length')) {
          const given = lengthOf(valueOf(text, colon, end));
          if (given === -1 || (length !== -1 && length !== given)) return undefined;
          own = length === given;
          length = given;
        }
        break;
      case 16:
        own = isNamed(text, at, 'proxy-connection');
        break;
      case 17:
        own = isNamed(text, at, 'transfer-encoding');
        if (own) {
          if (encoding !== undefined) return undefined;
          encoding = valueOf(text, colon, end).toLowerCase();
        }
        break;
      default:
    }
    if (own) {
      if (run < at) kept += text.slice(run, at);
      run = end + 2;
    }
    at = end + 2;
  }
  if (run < text.length) kept += text.slice(run);
  if (encoding !== undefined && (encoding !== 'chunked' || length !== -1)) return undefined;
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close')
    kept = withoutNominated(kept, connection);

  const framing: ResponseFraming =
    toHead || status < 200 || status === 204 || status === 304
      ? 'none'
      : encoding === 'chunked'
        ? 'chunked'
        : length > 0
          ? 'length'
          : length === 0
            ? 'none'
            : 'close';
  return {
    status,
    statusLine: text.slice(9, firstEnd),
    kept,
    framing,
    length: framing === 'length' ? length : 0,
    reusable:
      framing !== 'close' &&
      (minor === 1
        ? connection === undefined || !hasToken(connection, 'close')
        : connection !== undefined && hasToken(connection, 'keep-alive')),
    keepAliveSeconds: timeoutOf(keepAlive),
    upgrade,
  };
}

function timeoutOf(keepAlive: string | undefined): number | undefined {
  const match = keepAlive === undefined ? null : /(?:^|[,\s])timeout=(\d{1,6})/i.exec(keepAlive);
  return match ? Number(match[1]) : undefined;
}
