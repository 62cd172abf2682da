import { get } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import type { StickinessConfig, TargetConfig } from '../protocol.ts';
import { httpUpstream, serve, type Served } from '../testing.ts';

/** Checks would time out while the clock is moved. */
const check = { intervalMilliseconds: 1e9 };
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
async function upstream(name: string, cookies: readonly string[] = []): Promise<TargetConfig> {
  const made = await httpUpstream((_request, response) => {
    if (cookies.length > 0) response.setHeader('set-cookie', cookies);
    response.end(name);
  });
  ending.push(made.close);
  return made.target;
}
async function balanced(
  targets: readonly TargetConfig[],
  stickiness: StickinessConfig,
  clock = manualClock(),
): Promise<Served> {
  const served = await serve({ targets, stickiness, check }, { clock });
  ending.push(served.close);
  return served;
}
interface Answer {
  readonly name: string;
  /** What a browser would send back. */
  readonly cookies: Readonly<Record<string, string>>;
  readonly set: readonly string[];
}
const ask = (port: number, cookies: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    get({ port, host: '127.0.0.1', agent: false, headers: cookie ? { cookie } : {} }, (response) => {
      let name = '';
      response.on('data', (chunk) => (name += String(chunk)));
      response.on('end', () => {
        const set = response.headers['set-cookie'] ?? [];
        const pairs = set.map((each) => each.split(';')[0]!.split(/=(.*)/s) as [string, string]);
        resolve({ name, set, cookies: Object.fromEntries(pairs.map(([key, value]) => [key, value])) });
      });
    }).on('error', reject);
  });
const names = async (port: number, cookies: Readonly<Record<string, string>>) =>
  new Set(await Promise.all(Array.from({ length: 6 }, async () => (await ask(port, cookies)).name)));

test('with a cookie of the load balancer a session stays, without it does not', async () => {
  const targets = [await upstream('a'), await upstream('b'), await upstream('c')];
  const { port } = await balanced(targets, { kind: 'lb_cookie', durationSeconds: 3600 });
  expect((await names(port, {})).size).toBe(3);
  const first = await ask(port);
  expect(Object.keys(first.cookies)).toEqual(['AWSALB', 'AWSALBCORS']);
  expect(first.cookies.AWSALB).toBe(first.cookies.AWSALBCORS);
  expect(first.set[0]).toMatch(/; Expires=\w+, \d\d \w+ 2026 \d\d:\d\d:\d\d GMT; Path=\/$/);
  expect(first.set[1]).toMatch(/; SameSite=None; Secure$/);
  expect(Buffer.from(first.cookies.AWSALB!, 'base64').toString()).not.toContain('127.0.0.1');
  const { AWSALB = '' } = first.cookies;
  expect(await names(port, { AWSALB })).toEqual(new Set([first.name]));
  // The one for other sites decides, and what is not to be understood counts as none.
  const other = await ask(port);
  expect(await names(port, { AWSALB, AWSALBCORS: other.cookies.AWSALBCORS! })).toEqual(new Set([other.name]));
  expect((await names(port, { AWSALB: `${AWSALB.slice(0, -8)}AAAAAAA=` })).size).toBe(3);
});

test('a session moves when its cookie is too old or its target is not to be used', async () => {
  const clock = manualClock();
  const targets = [await upstream('a'), await upstream('b')];
  const served = await balanced(targets, { kind: 'lb_cookie', durationSeconds: 60 }, clock);
  const { port } = served;
  const { name, cookies } = await ask(port);
  await clock.advance(60_000);
  expect(await names(port, cookies)).toEqual(new Set([name]));
  const drained = targets.map((target, index) => ({ ...target, draining: name === 'ab'[index] }));
  served.apply({ targets: drained, check, stickiness: { kind: 'lb_cookie', durationSeconds: 60 } });
  const moved = await ask(port, cookies);
  expect(moved.name).not.toBe(name);
  expect(await names(port, moved.cookies)).toEqual(new Set([moved.name]));
  served.apply({ targets, check, stickiness: { kind: 'lb_cookie', durationSeconds: 60 } });
  await clock.advance(1000);
  expect((await names(port, cookies)).size).toBe(2);
});

test('with a cookie of the application a session stays from the moment on in which the target sets it', async () => {
  const silent = [await upstream('a'), await upstream('b')];
  const stickiness = { kind: 'app_cookie', durationSeconds: 3600, cookieName: 'session' } as const;
  const without = await balanced(silent, stickiness);
  expect((await ask(without.port)).set).toEqual([]);

  const setting = [await upstream('a', ['x=1', 'session=s1; HttpOnly']), await upstream('b', ['session=s2'])];
  const { port } = await balanced(setting, stickiness);
  const { name, cookies } = await ask(port);
  expect(Object.keys(cookies)).toContain('AWSALBAPP-0');
  expect(await names(port, cookies)).toEqual(new Set([name]));
  // Only the name of the application's cookie is looked at, but it must come back.
  expect(await names(port, { ...cookies, session: 'anything' })).toEqual(new Set([name]));
  expect((await names(port, { 'AWSALBAPP-0': cookies['AWSALBAPP-0']! })).size).toBe(2);
});
