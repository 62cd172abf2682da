import { AUTHORITY, FIELD_VALUE, TARGET, TOKEN, consistsOf, isNamed } from './grammar.ts';

export type Framing = 'none' | 'length' | 'chunked';

/** A request as a client sent it, checked, and taken apart as far as forwarding it needs. */
export interface RequestHead {
  readonly method: string;
  /** Origin form: path and query, or `*`. */
  readonly target: string;
  /** As the client gave it; undefined for HTTP/1.0 without one. */
  readonly host: string | undefined;
  readonly minor: 0 | 1;
  /** The end-to-end fields that travel unchanged, as lines. */
  readonly kept: string;
  readonly framing: Framing;
  readonly length: number;
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  readonly websocket: boolean;
  readonly forwardedFor: string | undefined;
  readonly traceId: string | undefined;
  /** Servers may differ in how they read it: forwarded, then both connections are closed. */
  readonly ambiguous: boolean;
  /** The whole head, for conditions on fields. */
  readonly text: string;
}
/** A request that is answered without being forwarded; the connection is closed after it. */
export interface Refusal {
  readonly refused: 400 | 405 | 414 | 501 | 505;
}
const refuse = (refused: Refusal['refused']): Refusal => ({ refused });

const version = /^HTTP\/\d\.\d$/;

/**
 * Stricter than AWS's default `defensive` mode where that forwards what two servers may read differently: content length with transfer
 * encoding, repeated lengths, folded lines and repeated Host fields are refused. GET and HEAD with a body are forwarded and both
 * connections closed, as https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html says.
 */
export function parseRequestHead(text: string): RequestHead | Refusal {
  const firstEnd = text.indexOf('\r\n');
  const space = text.indexOf(' ');
  const lastSpace = text.lastIndexOf(' ', firstEnd);
  if (space <= 0 || lastSpace <= space || space > firstEnd || !consistsOf(TOKEN, text, 0, space))
    return refuse(400);
  let minor: 0 | 1 = 1;
  if (firstEnd - lastSpace !== 9 || !text.startsWith('HTTP/1.1', lastSpace + 1)) {
    const given = text.slice(lastSpace + 1, firstEnd);
    if (given === 'HTTP/1.0') minor = 0;
    else return refuse(version.test(given) ? 505 : 400);
  }
  if (!consistsOf(TARGET, text, space + 1, lastSpace)) return refuse(400);
  const method = text.slice(0, space);
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (405: TRACE)
  if (method === 'TRACE') return refuse(405);
  let target = text.slice(space + 1, lastSpace);

  let host: string | undefined;
  let length = -1;
  let encoding: string | undefined;
  let connection: string | undefined;
  let upgrade: string | undefined;
  let expectsContinue = false;
  let forwardedFor: string | undefined;
  let traceId: string | undefined;
  let suspicious = false;
  let kept = '';
  let run = firstEnd + 2;
  for (let at = run; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    let colon = at;
    while (TOKEN[text.charCodeAt(colon)] === 1) colon++;
    if (colon === at || text.charCodeAt(colon) !== 0x3a) return refuse(400);
    if (!consistsOf(FIELD_VALUE, text, colon + 1, end)) return refuse(400);
    let own = true;
    switch (colon - at) {
      case 2:
        own = isNamed(text, at, 'te');
        break;
      case 4:
        own = isNamed(text, at, 'host');
        if (!own) break;
        if (host !== undefined) return refuse(400);
        host = valueOf(text, colon, end);
        if (!consistsOf(AUTHORITY, host, 0, host.length)) return refuse(400);
        break;
      case 6:
        own = isNamed(text, at, 'expect') && valueOf(text, colon, end).toLowerCase() === '100-continue';
        if (own) expectsContinue = true;
        break;
      case 7:
        own = isNamed(text, at, 'upgrade');
        if (own) upgrade = joined(upgrade, valueOf(text, colon, end));
        else own = isNamed(text, at, 'trailer');
        break;
      case 10:
        own = isNamed(text, at, 'connection');
        if (own) connection = joined(connection, valueOf(text, colon, end));
        else own = isNamed(text, at, 'keep-alive');
        break;
      case 14:
        own = isNamed(text, at, 'content-length');
        if (own) {
          if (length !== -1) return refuse(400);
          length = lengthOf(valueOf(text, colon, end));
          if (length === -1) return refuse(400);
        } else suspicious ||= text.slice(at, colon).toLowerCase() === 'content_length';
        break;
      case 15:
        own = isNamed(text, at, 'x-forwarded-for');
        if (own) forwardedFor = joined(forwardedFor, valueOf(text, colon, end));
        else {
          own = isNamed(text, at, 'x-amzn-trace-id');
          if (own) traceId = valueOf(text, colon, end);
        }
        break;
      case 16:
        own = isNamed(text, at, 'x-forwarded-port') || isNamed(text, at, 'proxy-connection');
        break;
      case 17:
        own = isNamed(text, at, 'transfer-encoding');
        if (own) encoding = joined(encoding, valueOf(text, colon, end));
        else {
          own = isNamed(text, at, 'x-forwarded-proto');
          suspicious ||= text.slice(at, colon).toLowerCase() === 'transfer_encoding';
        }
        break;
      default:
        own = false;
    }
    if (own) {
      if (run < at) kept += text.slice(run, at);
      run = end + 2;
    }
    at = end + 2;
  }
  if (run < text.length) kept += text.slice(run);

  let framing: Framing = length > 0 ? 'length' : 'none';
  if (encoding !== undefined) {
    if (length !== -1 || minor === 0) return refuse(400);
    const refusedEncoding = refuseEncoding(encoding);
    if (refusedEncoding) return refusedEncoding;
    if (encoding.toLowerCase() === 'chunked') framing = 'chunked';
  }
  if (target.charCodeAt(0) !== 0x2f) {
    const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target);
    if (absolute) {
      const [, authority = '', rest = ''] = absolute;
      if (!consistsOf(AUTHORITY, authority, 0, authority.length)) return refuse(400);
      if (host === undefined && minor === 1) return refuse(400);
      host = authority;
      target = rest.startsWith('/') ? rest : `/${rest}`;
    } else if (target !== '*' || method !== 'OPTIONS') return refuse(400);
  }
  if (minor === 1 && (host === undefined || host === '')) return refuse(400);

  const options = connection === undefined ? undefined : connection.toLowerCase();
  const nominated = options !== undefined && options !== 'keep-alive' && options !== 'close';
  if (nominated) kept = withoutNominated(kept, options);
  const bodyless = method === 'GET' || method === 'HEAD';
  return {
    method,
    target,
    host,
    minor,
    kept,
    framing,
    length: framing === 'length' ? length : 0,
    keepAlive:
      minor === 1
        ? options === undefined || !hasToken(options, 'close')
        : options !== undefined && hasToken(options, 'keep-alive'),
    expectsContinue: expectsContinue && minor === 1 && framing !== 'none',
    // Other upgrades (h2c above all) are ignored, as RFC 9110 allows: a target must not leave HTTP/1.1 on a shared connection.
    websocket:
      upgrade !== undefined &&
      minor === 1 &&
      framing === 'none' &&
      upgrade.toLowerCase() === 'websocket' &&
      options !== undefined &&
      hasToken(options, 'upgrade'),
    forwardedFor,
    traceId,
    ambiguous: suspicious || (bodyless && framing !== 'none'),
    text,
  };
}

/** The values of the fields of that lower-case name, in order. */
export function fieldValues(text: string, name: string): string[] {
  const values: string[] = [];
  for (let at = text.indexOf('\r\n') + 2; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    if (text.charCodeAt(at + name.length) === 0x3a && isNamed(text, at, name))
      values.push(valueOf(text, at + name.length, end));
    at = end + 2;
  }
  return values;
}

export function valueOf(text: string, colon: number, end: number): string {
  let start = colon + 1;
  let stop = end;
  for (let code = text.charCodeAt(start); code === 0x20 || code === 9; code = text.charCodeAt(start)) start++;
  for (
    let code = text.charCodeAt(stop - 1);
    stop > start && (code === 0x20 || code === 9);
    code = text.charCodeAt(stop - 1)
  )
    stop--;
  return start < stop ? text.slice(start, stop) : '';
}

/** Decimal digits only, within what a number can count; -1 for anything else. */
export const lengthOf = (value: string): number => (/^\d{1,15}$/.test(value) ? Number(value) : -1);

export const hasToken = (list: string, token: string): boolean =>
  list === token || list.split(',').some((item) => item.trim() === token);

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value : `${before}, ${value}`;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (501) */
function refuseEncoding(encoding: string): Refusal | undefined {
  const codings = encoding.toLowerCase().split(',');
  const known = codings.every((coding) => ['chunked', 'identity'].includes(coding.trim()));
  if (codings.length === 1) return known ? undefined : refuse(encoding === '' ? 400 : 501);
  return refuse(known || codings.filter((coding) => coding.trim() === 'chunked').length > 1 ? 400 : 501);
}

/** Fields that Connection names belong to this hop alone (RFC 9110, 7.6.1). */
export function withoutNominated(lines: string, options: string): string {
  const names = new Set(options.split(',').map((option) => option.trim()));
  return withoutFields(lines, (name) => names.has(name.toLowerCase()));
}

/** `lines` without those whose field name `drop` is true of. */
export function withoutFields(lines: string, drop: (name: string) => boolean): string {
  let result = '';
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf('\r\n', at) + 2;
    if (!drop(lines.slice(at, lines.indexOf(':', at)))) result += lines.slice(at, end);
    at = end;
  }
  return result;
}
