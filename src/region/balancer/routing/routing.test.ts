import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRequestHead } from '../http/request-head.ts';
import type { Action, Condition } from '../protocol.ts';
import { Listener } from './listener.ts';
import { redirect } from './redirect.ts';
import { compileConditions } from './rules.ts';
import { wildcard } from './wildcard.ts';

function request(head: string, source = '192.0.2.1') {
  const parsed = parseRequestHead(`${head}\r\n`);
  if ('refused' in parsed) throw new Error(`refused ${parsed.refused}`);
  return { head: parsed, source };
}

describe('wildcards', () => {
  test.each([
    ['*.example.com', 'test.example.com', true],
    ['*.example.com', 'example.com', false],
    ['/api/*', '/api/', true],
    ['/api/*', '/api', false],
    ['/a?c', '/abc', true],
    ['/a?c', '/ac', false],
    ['*', '', true],
    ['/a.c', '/abc', false],
    ['\\*x\\?', '*x?', true],
    ['\\*x', 'ax', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*ab', 'aab', true],
  ])('%s and %s: %s', (pattern, text, expected) => expect(wildcard(pattern, false)(text)).toBe(expected));
  test('agree with the regular expression that they mean', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });
    fc.assert(
      fc.property(piece, text, (pattern, given) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(wildcard(pattern, false)(given)).toBe(new RegExp(`^${source}$`).test(given));
      }),
    );
  });
});

describe('conditions', () => {
  const holds = (conditions: readonly Condition[], head: string, source?: string) =>
    compileConditions(conditions)(request(head, source));
  const get =
    'GET /img/a.PNG?Size=L&v=1 HTTP/1.1\r\nHost: WWW.example.com:80\r\nUser-Agent: *Chrome*\r\nUser-Agent: b';
  test.each<[Condition, boolean]>([
    [{ kind: 'path-pattern', values: ['/x', '/img/*'] }, true],
    [{ kind: 'path-pattern', values: ['/img/*.png'] }, false],
    [{ kind: 'host-header', values: ['*.Example.com'] }, true],
    [{ kind: 'host-header', values: ['example.com'] }, false],
    [{ kind: 'http-request-method', values: ['POST', 'GET'] }, true],
    [{ kind: 'http-request-method', values: ['get'] }, false],
    [{ kind: 'http-header', name: 'user-agent', values: ['B'] }, true],
    [{ kind: 'http-header', name: 'User-Agent', values: ['c'] }, false],
    [{ kind: 'query-string', values: [{ key: 'size', value: 'l' }] }, true],
    [{ kind: 'query-string', values: [{ value: '1' }] }, true],
    [{ kind: 'query-string', values: [{ key: 'v', value: '2' }] }, false],
    [{ kind: 'source-ip', values: ['192.0.2.0/24'] }, true],
    [{ kind: 'source-ip', values: ['198.51.100.0/24', '2001:db8::/32'] }, false],
  ])('%j: %s', (condition, expected) => expect(holds([condition], get)).toBe(expected));
  test('all must hold', () => {
    const path: Condition = { kind: 'path-pattern', values: ['/img/*'] };
    expect(holds([path, { kind: 'http-request-method', values: ['GET'] }], get)).toBe(true);
    expect(holds([path, { kind: 'http-request-method', values: ['PUT'] }], get)).toBe(false);
  });
});

describe('actions', () => {
  const listener = (rules: { conditions: Condition[]; action: Action }[]) =>
    new Listener({ arn: 'l', port: 80, admittedCidrs: [], rules });
  test('the first rule whose conditions hold acts, the default rule otherwise', () => {
    const action = (body: string): Action => ({ kind: 'fixed-response', status: 200, body });
    const { route } = listener([
      { conditions: [{ kind: 'path-pattern', values: ['/a*'] }], action: action('a') },
      { conditions: [{ kind: 'path-pattern', values: ['/ab'] }], action: action('ab') },
      { conditions: [], action: action('default') },
    ]);
    const bodies = ['/ab', '/b'].map((path) => route(request(`GET ${path} HTTP/1.1\r\nHost: h`)));
    expect(bodies).toEqual([action('a'), action('default')]);
  });
  test('weights are shares; zero gets nothing', () => {
    const groups = [
      { arn: 'a', weight: 3 },
      { arn: 'b', weight: 1 },
      { arn: 'c', weight: 0 },
    ];
    const { route } = listener([{ conditions: [], action: { kind: 'forward', groups } }]);
    const chosen = Array.from({ length: 8 }, () => {
      const action = route(request('GET / HTTP/1.1\r\nHost: h'));
      return action?.kind === 'forward' ? action.groups[0]?.arn : undefined;
    });
    expect(chosen.filter((arn) => arn === 'a')).toHaveLength(6);
    expect(chosen.filter((arn) => arn === 'b')).toHaveLength(2);
  });
  test('a redirect fills in the parts of the request', () => {
    const action = {
      kind: 'redirect',
      status: 301,
      protocol: 'HTTPS',
      host: '#{host}',
      port: '443',
      path: '/new/#{path}',
      query: '#{query}&from=#{port}',
    } as const;
    const reply = redirect(action, { host: 'Shop.example.com:80', target: '/a/b?c=d', port: 80 });
    expect(reply.status).toBe(301);
    expect(reply.fields).toBe('Location: https://shop.example.com:443/new/a/b?c=d&from=80\r\n');
    expect(redirect(action, { host: 'h', target: `/${'x'.repeat(9000)}`, port: 80 }).status).toBe(507);
  });
});
