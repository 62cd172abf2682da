import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { withoutFields, type RequestHead } from '../http/request-head.ts';
import type { BalancerSettings } from '../protocol.ts';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** The head of a request as a target gets it. */
export function forwardHead(
  head: RequestHead,
  settings: BalancerSettings,
  peer: Peer,
  host: string,
  dialledPort: number,
  now: number,
): string {
  const kept = settings.dropInvalidHeaderFields ? withoutFields(head.kept, invalidField) : head.kept;
  const forwardedFor = forwardedForOf(head.forwardedFor, settings, peer);
  const framing =
    head.framing === 'length'
      ? `Content-Length: ${head.length}\r\n`
      : head.framing === 'chunked'
        ? 'Transfer-Encoding: chunked\r\n'
        : needsLength(head.method)
          ? 'Content-Length: 0\r\n'
          : '';
  return (
    `${head.method} ${head.target} HTTP/1.1\r\n${forwardedFor}X-Forwarded-Proto: http\r\nX-Forwarded-Port: ${dialledPort}\r\n` +
    `Host: ${host}\r\nX-Amzn-Trace-Id: ${traceId(head, now)}\r\n${kept}${framing}` +
    `${head.websocket ? 'Upgrade: websocket\r\nConnection: Upgrade\r\n' : ''}\r\n`
  );
}

/** Methods whose content is expected, so that its absence is said (RFC 9110, 8.6). */
const needsLength = (method: string) => method === 'POST' || method === 'PUT' || method === 'PATCH';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html (drop_invalid_header_fields) */
const invalidField = (name: string) => !/^[-A-Za-z0-9]+$/.test(name);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html */
function forwardedForOf(given: string | undefined, settings: BalancerSettings, peer: Peer): string {
  if (settings.forwardedForMode === 'remove') return '';
  if (settings.forwardedForMode === 'preserve')
    return given === undefined ? '' : `X-Forwarded-For: ${given}\r\n`;
  const own = !settings.forwardedForClientPort
    ? peer.address
    : isIPv6(peer.address)
      ? `[${peer.address}]:${peer.port}`
      : `${peer.address}:${peer.port}`;
  return `X-Forwarded-For: ${given ? `${given}, ` : ''}${own}\r\n`;
}

/** Addresses in X-Forwarded-For above which the answer is 463. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html */
export const tooManyForwarders = (given: string | undefined): boolean =>
  given !== undefined && given.length > 30 && given.split(',').length > 30;

/**
 * Unless `preserve_host_header` is on: in lower case; a listener on 80 takes the port away, one on another port adds it. The host port
 * that stands in for a listener's port is what the client dialled and stays, so that links made from it lead back here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
 */
export function hostFor(given: string, preserve: boolean, listenerPort: number, dialledPort: number): string {
  if (preserve) return given;
  const host = given.toLowerCase();
  const colon = host.lastIndexOf(':');
  const port = colon > host.lastIndexOf(']') ? host.slice(colon + 1) : undefined;
  if (listenerPort !== 80 && listenerPort !== 443)
    return port === undefined ? `${host}:${listenerPort}` : host;
  const standIn = dialledPort !== listenerPort && port === String(dialledPort);
  return port === undefined || standIn ? host : host.slice(0, colon);
}

let pool = '';
let used = 0;
/** 24 random hexadecimal digits; drawn in bulk, because each request needs one. */
function identifier(): string {
  if (used + 24 > pool.length) {
    pool = randomBytes(12 * 256).toString('hex');
    used = 0;
  }
  used += 24;
  return pool.slice(used - 24, used);
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
function traceId({ traceId: given, text }: RequestHead, now: number): string {
  const own = `1-${Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')}-${identifier()}`;
  if (given === undefined || text.length > 7168) return `Root=${own}`;
  const rest = given
    .split(';')
    .filter((field) => field !== '' && !/^Self=/i.test(field))
    .join(';');
  return /(?:^|;)Root=/i.test(given) ? `Self=${own};${rest}` : `Root=${own}${rest === '' ? '' : `;${rest}`}`;
}
