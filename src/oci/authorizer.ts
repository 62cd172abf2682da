import type { Clock } from '../common/clock.ts';
import type { Challenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import type { HttpResponse, Transport } from './transport.ts';

/** The value of Authorization for a scope, got once and kept until it expires. */
export interface Authorizer {
  /** What is known already; undefined: ask without, and be challenged. */
  known(scope: string): string | undefined;
  /** Meets a challenge; undefined where there is nothing to meet it with. `stale`: what was refused. */
  meet(challenge: Challenge, scope: string, stale: string | undefined): Promise<string | undefined>;
  /** A look at the credentials went wrong: said when access is refused, since without them it may be granted all the same. */
  readonly trouble: string | undefined;
}

/** The token service refused. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly response: HttpResponse;
  readonly body: string;
  constructor(response: HttpResponse, body: string) {
    super(
      `failed to fetch ${response.status === 401 || response.status === 403 ? 'oauth' : 'anonymous'} token: unexpected status from ${response.url.origin}${response.url.pathname}: ${response.status} ${response.statusText}`,
    );
    this.response = response;
    this.body = body;
  }
}

interface Grant {
  readonly value: string;
  readonly until: number;
}

/** https://distribution.github.io/distribution/spec/auth/token/#token-response-fields: a minute where none is said. */
const DEFAULT_SECONDS = 60;
/** A token is not used when it would expire on the way. */
const MARGIN = 10_000;
const TOKEN_LIMIT = 1 << 20;

export function createAuthorizer(options: {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: () => Promise<Credentials | undefined>;
  /** Whether the registry itself is asked without TLS: only then may a password go to a token service without it. */
  readonly plain: () => boolean;
  readonly verify: boolean;
}): Authorizer {
  const { transport, clock, verify } = options;
  const grants = new Map<string, Grant>();
  const asking = new Map<string, Promise<Grant | undefined>>();
  let trouble: string | undefined;
  let looked: Promise<Credentials | undefined> | undefined;
  const credentials = () =>
    (looked ??= options.credentials().catch((error: unknown) => {
      trouble = error instanceof Error ? error.message : String(error);
      return undefined;
    }));

  const known = (scope: string) => {
    const grant = grants.get(scope);
    return grant && grant.until > clock.now() ? grant.value : undefined;
  };

  async function ask(challenge: Challenge, scope: string): Promise<Grant | undefined> {
    const held = await credentials();
    if (challenge.kind === 'basic')
      return held?.kind === 'password' ? { value: basic(held), until: Infinity } : undefined;
    if (held?.kind === 'bearer') return { value: `Bearer ${held.token}`, until: Infinity };
    const realm = new URL(challenge.realm);
    if (held && realm.protocol !== 'https:' && !options.plain())
      throw new Error(`the token service ${realm.href} is not asked with a password: it has no TLS`);
    const asked = clock.now();
    const response = await transport(tokenRequest(realm, challenge.service, scope, held, verify));
    const text = (await response.bytes(TOKEN_LIMIT)).toString('utf8');
    if (response.status !== 200) throw new TokenRefused(response, text);
    const answer = JSON.parse(text) as { token?: string; access_token?: string; expires_in?: number };
    const token = answer.token || answer.access_token;
    if (!token) throw new TokenRefused(response, 'it answered without a token');
    const seconds = Math.max(answer.expires_in ?? DEFAULT_SECONDS, 0);
    // What lives shorter than the margin serves at least the request that it was asked for.
    return { value: `Bearer ${token}`, until: asked + seconds * 1000 - MARGIN };
  }

  return {
    known,
    async meet(challenge, scope, stale) {
      const current = known(scope);
      // Another request was challenged at the same time and has got a new one.
      if (current !== undefined && current !== stale) return current;
      let pending = asking.get(scope);
      if (!pending) {
        pending = ask(challenge, scope).finally(() => asking.delete(scope));
        asking.set(scope, pending);
      }
      const grant = await pending;
      if (grant) grants.set(scope, grant);
      return grant?.value;
    },
    get trouble() {
      return trouble;
    },
  };
}

const basic = ({ username, password }: { readonly username: string; readonly password: string }) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  held: Credentials | undefined,
  verify: boolean,
): Parameters<Transport>[0] {
  if (held?.kind === 'refresh') {
    // https://distribution.github.io/distribution/spec/auth/oauth/#getting-a-token
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'fairway', scope });
    if (service !== undefined) form.set('service', service);
    form.set('refresh_token', held.token);
    return {
      method: 'POST',
      url: realm,
      verify,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of scope.split(' ')) if (one) url.searchParams.append('scope', one);
  return {
    method: 'GET',
    url,
    verify,
    headers: held?.kind === 'password' ? { authorization: basic(held) } : {},
  };
}
