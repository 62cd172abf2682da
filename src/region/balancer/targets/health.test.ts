import { afterEach, describe, expect, test } from 'vitest';
import {
  exchange,
  httpUpstream,
  openedHere,
  rawUpstream,
  serve,
  type Served,
  type Upstream,
} from '../testing.ts';
import type { TargetConfig } from '../protocol.ts';
import { afterProbe, codeMatcher, initialHealth, type Health, type Outcome } from './health.ts';

const thresholds = { healthyThreshold: 3, unhealthyThreshold: 2 };
const ok: Outcome = { kind: 'ok' };
const failed: Outcome = { kind: 'failed' };
const after = (health: Health, ...outcomes: Outcome[]) =>
  outcomes.reduce((before, outcome) => afterProbe(before, outcome, thresholds), health);

describe('thresholds', () => {
  test('one success makes a new target healthy', () => {
    expect(after(initialHealth, failed, ok).state).toBe('healthy');
  });
  test('failures count only in a row', () => {
    expect(after(initialHealth, ok, failed, ok, failed).state).toBe('healthy');
    expect(after(initialHealth, ok, failed, failed)).toEqual({
      state: 'unhealthy',
      contrary: 0,
      reason: 'Target.FailedHealthChecks',
      description: 'Health checks failed',
    });
    expect(after(initialHealth, failed, failed).state).toBe('unhealthy');
  });
  test('so do the successes that bring it back', () => {
    const ill = after(initialHealth, failed, failed);
    expect(after(ill, ok, ok, failed, ok, ok).state).toBe('unhealthy');
    expect(after(ill, ok, ok, ok)).toEqual({ state: 'healthy', contrary: 0 });
  });
  test('the reason is the latest failure', () => {
    const ill = after(initialHealth, failed, { kind: 'mismatch', code: 404 });
    expect(ill).toMatchObject({
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [404]',
    });
    expect(after(ill, { kind: 'timeout' })).toMatchObject({
      reason: 'Target.Timeout',
      description: 'Request timed out',
    });
  });
  test('matchers', () => {
    expect([199, 200, 204, 301].map(codeMatcher('200-204,301'))).toEqual([false, true, true, true]);
  });
});

describe('checking', () => {
  const { use, closeAll } = openedHere();
  afterEach(closeAll);
  const unknown = ({ port }: Upstream): TargetConfig[] => [{ address: '127.0.0.1', port, draining: false }];
  const status = async ({ port }: Served) =>
    Number(
      /^HTTP\/1\.1 (\d+)/.exec(
        await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
      )?.[1],
    );

  test('a target gets requests from its first success on; the check says who asks', async () => {
    let ready = false;
    const heads: Record<string, unknown>[] = [];
    const upstream = await use(
      httpUpstream((request, response) => {
        if (request.url === '/up') heads.push(request.headers);
        response.statusCode = request.url !== '/up' || ready ? 200 : 503;
        response.end();
      }),
    );
    const served = await use(
      serve({ targets: unknown(upstream), check: { path: '/up', intervalMilliseconds: 60_000 } }),
    );
    expect(await status(served)).toBe(503);
    expect(served.reports).toMatchObject([{ state: 'initial', reason: 'Elb.InitialHealthChecking' }]);
    ready = true;
    await served.until((reports) => reports.at(-1)?.state === 'healthy');
    expect(await status(served)).toBe(200);
    expect(heads[0]).toEqual({
      host: `127.0.0.1:${upstream.port}`,
      connection: 'close',
      'user-agent': 'ELB-HealthChecker/2.0',
    });
  });

  test('looks in between do not make a slow starter unhealthy; the interval does', async () => {
    let looks = 0;
    const upstream = await use(
      rawUpstream((socket) => {
        looks++;
        socket.destroy();
      }),
    );
    const served = await use(serve({ targets: unknown(upstream), check: { intervalMilliseconds: 700 } }));
    await served.until((reports) => reports.at(-1)?.state === 'unhealthy');
    // Two failures that count are the threshold; there were others before the second.
    expect(looks).toBeGreaterThan(2);
    expect(served.reports.map(({ state }) => state)).toEqual(['initial', 'unhealthy']);
  });

  test('when all are unhealthy, all are used', async () => {
    const upstream = await use(
      httpUpstream((request, response) => {
        response.statusCode = request.headers['user-agent'] ? 500 : 200;
        response.end();
      }),
    );
    const served = await use(serve({ targets: unknown(upstream), check: { intervalMilliseconds: 50 } }));
    await served.until((reports) => reports.at(-1)?.state === 'unhealthy');
    expect(served.reports.at(-1)?.description).toBe('Health checks failed with these codes: [500]');
    expect(await status(served)).toBe(200);
  });

  test('a target that does not answer times out', async () => {
    const upstream = await use(rawUpstream((socket) => socket.resume()));
    const served = await use(
      serve({ targets: unknown(upstream), check: { intervalMilliseconds: 100, timeoutMilliseconds: 50 } }),
    );
    await served.until((reports) => reports.at(-1)?.state === 'unhealthy');
    expect(served.reports.at(-1)?.reason).toBe('Target.Timeout');
  });

  test('a target that dies under load is left out once it is found out; what fails fails as on AWS', async () => {
    const answer = (name: string) => httpUpstream((_, response) => void response.end(name));
    const [lasting, dying] = [await use(answer('a')), await answer('b')];
    const check = { intervalMilliseconds: 100 };
    const served = await use(serve({ targets: [lasting.target, dying.target], check }));
    expect([await status(served), await status(served)]).toEqual([200, 200]);
    await dying.close();
    const during = new Set<number>();
    const found = served.until((reports) => reports.at(-1)?.state === 'unhealthy');
    const load = { running: true };
    const client = (async () => {
      while (load.running) during.add(await status(served));
    })();
    await found;
    load.running = false;
    await client;
    expect([...during].filter((code) => code !== 200 && code !== 502)).toEqual([]);
    const afterwards = new Set<number>();
    for (let count = 0; count < 50; count++) afterwards.add(await status(served));
    expect([...afterwards]).toEqual([200]);
  });
});
