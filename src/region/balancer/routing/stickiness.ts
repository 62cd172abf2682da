import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { fieldValues } from '../http/request-head.ts';
import { targetKey, type StickinessConfig } from '../protocol.ts';
import type { Target } from '../targets/target.ts';

/** The cookies live a week, whatever the duration is. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const cookieLife = 7 * 86_400_000;
const cipher = 'aes-256-gcm';

/** Sessions that stay with a target. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
export interface Stickiness {
  /** The key of the target that a request's cookies name, unless they are too old or not to be understood. */
  wanted(requestText: string, now: number): string | undefined;
  /** Fields of the response that name its target; `kept` are the target's own. */
  fields(target: Target, requestText: string, kept: string, now: number): string;
}

export function createStickiness(
  groupArn: string,
  { kind, durationSeconds, cookieName = '' }: StickinessConfig,
): Stickiness {
  // Clients cannot read or make them, and a new program of the load balancer understands those of the one before.
  const secret = createHash('sha256').update(`stickiness ${groupArn}`).digest();

  function seal(text: string): string {
    const nonce = randomBytes(12);
    const sealing = createCipheriv(cipher, secret, nonce);
    const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
    return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64');
  }
  function unseal(value: string): string | undefined {
    const bytes = Buffer.from(value, 'base64');
    if (bytes.length < 28) return undefined;
    try {
      const opening = createDecipheriv(cipher, secret, bytes.subarray(0, 12));
      opening.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([opening.update(bytes.subarray(28)), opening.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  const setCookie = (name: string, value: string, now: number, more = '') =>
    `Set-Cookie: ${name}=${value}; Expires=${new Date(now + cookieLife).toUTCString()}; Path=/${more}\r\n`;

  return {
    wanted(requestText, now) {
      const cookies = cookiesOf(requestText);
      // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html (both; the application's name is enough)
      if (kind === 'app_cookie' && !cookies.has(cookieName)) return undefined;
      const value =
        kind === 'app_cookie'
          ? cookies.get('AWSALBAPP-0')
          : (cookies.get('AWSALBCORS') ?? cookies.get('AWSALB'));
      const [key, issued] = (value === undefined ? undefined : unseal(value))?.split(' ') ?? [];
      return now - Number(issued) <= durationSeconds * 1000 ? key : undefined;
    },
    fields({ address, port }, requestText, kept, now) {
      const key = targetKey(address, port);
      if (kind === 'app_cookie') {
        const given = cookieNamesSet(kept).includes(cookieName) || this.wanted(requestText, now) === key;
        return given ? setCookie('AWSALBAPP-0', seal(`${key} ${now}`), now) : '';
      }
      const value = seal(`${key} ${now}`);
      return setCookie('AWSALB', value, now) + setCookie('AWSALBCORS', value, now, '; SameSite=None; Secure');
    },
  };
}

function cookiesOf(requestText: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const line of fieldValues(requestText, 'cookie'))
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=');
      if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  return cookies;
}

/** `lines` are fields, each with its end. */
const cookieNamesSet = (lines: string): string[] =>
  [...lines.matchAll(/^set-cookie:[ \t]*([^=;\r\n]+?)[ \t]*=/gim)].map((match) => match[1] ?? '');
