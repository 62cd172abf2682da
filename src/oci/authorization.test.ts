import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../common/clock.ts';
import { readChallenge } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { OCI_MANIFEST } from './media-types.ts';
import { openRegistry } from './registry.ts';
import { plainSettings } from './settings.ts';
import { startTestRegistry, type TestRegistry } from './testing/registry.ts';

describe('challenges', () => {
  it('are read as registries write them', () => {
    expect(
      readChallenge(
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="a:b:c,d"',
      ),
    ).toEqual({
      kind: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'a:b:c,d',
    });
    expect(readChallenge('Basic realm="r", Bearer realm=https://x/t,service=s')).toEqual({
      kind: 'bearer',
      realm: 'https://x/t',
      service: 's',
    });
    expect(readChallenge('basic realm="a \\"b\\""')).toEqual({ kind: 'basic' });
    expect(readChallenge('Negotiate')).toBeUndefined();
    expect(readChallenge(undefined)).toBeUndefined();
  });
});

describe('tokens', () => {
  let remote: TestRegistry;
  let issued: number;
  let valid: Set<string>;
  let tokenRequests: { url: URL; authorization: string | undefined; body: string }[];
  /** Answers of the token service, the last one for good. */
  let answers: ((token: string) => object)[];
  beforeEach(async () => {
    remote = await startTestRegistry();
    remote.addManifest('app', '1', OCI_MANIFEST, { schemaVersion: 2 });
    [issued, valid, tokenRequests] = [0, new Set(), []];
    answers = [(token) => ({ token, expires_in: 300 })];
    remote.intercept = serve;
  });
  afterEach(() => remote.close());

  function serve(request: IncomingMessage, response: ServerResponse): boolean {
    const url = new URL(request.url ?? '', `http://${remote.registry}`);
    if (url.pathname === '/token') {
      void request.toArray().then((parts: Buffer[]) => {
        const body = Buffer.concat(parts).toString();
        tokenRequests.push({ url, authorization: request.headers.authorization, body });
        issued += 1;
        const token = `token-${issued}`;
        valid.add(`Bearer ${token}`);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        response.end(JSON.stringify(answer?.(token)));
      });
      return true;
    }
    if (valid.has(request.headers.authorization ?? '')) return false;
    const challenge = `Bearer realm="http://${remote.registry}/token",service="test"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  }
  const open = (credentials?: Credentials, clock = manualClock()) =>
    openRegistry({
      registry: remote.registry,
      settings: plainSettings,
      clock,
      ...(credentials ? { credentials } : {}),
    }).repository('app');

  it('are asked for once for each scope, and kept until they expire', async () => {
    const clock = manualClock();
    const app = open(undefined, clock);
    await Promise.all([app.manifest('1'), app.manifest('1'), app.tags()]);
    await app.manifest('1');
    expect(issued).toBe(1);
    expect(tokenRequests[0]?.url.search).toBe('?service=test&scope=repository%3Aapp%3Apull');
    expect(tokenRequests[0]?.authorization).toBeUndefined();
    await app.hasBlob(`sha256:${'0'.repeat(64)}`);
    expect(tokenRequests[1]?.url.searchParams.get('scope')).toBe('repository:app:pull,push');
    await clock.advance(295_000);
    await app.manifest('1');
    expect(issued).toBe(3);
  });

  it('are renewed when the registry takes them no more', async () => {
    const app = open();
    await app.manifest('1');
    valid.clear();
    expect(await app.manifest('1')).toBeDefined();
    expect(issued).toBe(2);
  });

  it('that are refused at once end in an error, not in a loop', async () => {
    answers = [() => ({ token: 'worthless' })];
    await expect(open().manifest('1')).rejects.toMatchObject({
      code: 'registry-denied',
      status: 401,
      message: expect.stringContaining(
        'pull access denied, repository does not exist or may require authorization',
      ),
      fix: expect.stringContaining(`docker login ${remote.registry}`),
    });
    expect(issued).toBe(1);
  });

  it('are asked for with a password, or with an identity token', async () => {
    await open({ kind: 'password', username: 'u', password: 'p:q' }).manifest('1');
    expect(tokenRequests[0]?.authorization).toBe(`Basic ${Buffer.from('u:p:q').toString('base64')}`);
    answers = [(access_token) => ({ access_token })];
    expect(await open({ kind: 'refresh', token: 'r' }).manifest('1')).toBeDefined();
    expect(Object.fromEntries(new URLSearchParams(tokenRequests[1]?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'fairway',
      service: 'test',
      scope: 'repository:app:pull',
      refresh_token: 'r',
    });
  });

  it('that the service refuses are told with its words, and with what was wrong with the credentials', async () => {
    remote.intercept = (request, response) => {
      if (!request.url?.startsWith('/token')) return serve(request, response);
      response.writeHead(401).end('{"details":"incorrect username or password"}');
      return true;
    };
    const registry = openRegistry({
      registry: remote.registry,
      clock: manualClock(),
      settings: { ...plainSettings, credentials: () => Promise.reject(new Error('the helper is locked')) },
    });
    await expect(registry.repository('app').manifest('1')).rejects.toMatchObject({
      code: 'registry-denied',
      message: expect.stringMatching(
        /^failed to authorize: failed to fetch oauth token: .*401 Unauthorized: incorrect username or password \(credentials could not be read: the helper is locked\)$/,
      ),
    });
  });
});
