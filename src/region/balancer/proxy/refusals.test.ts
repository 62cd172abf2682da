import { afterEach, describe, expect, test } from 'vitest';
import { exchange, openedHere, rawUpstream, serve, type Config } from '../testing.ts';

const { use, closeAll } = openedHere();
afterEach(closeAll);
const balancer = (config: Config, options = {}) => use(serve(config, options));

describe('errors', () => {
  const answers = async (bytes: string) => {
    const dead = await use(rawUpstream((socket) => socket.on('data', () => socket.destroy())));
    const { port } = await balancer({ targets: [dead.target] });
    return exchange(port, bytes);
  };
  test.each([
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc', 400],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', 400],
    ['a bare LF', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a TLS hello', '\u0016\u0003\u0001', 400],
    [
      'a chunk size that is none',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\n',
      400,
    ],
    ['an unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\n', 505],
    ['a long path', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    ['a long field', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 400],
    ['a target that hangs up', 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 502],
    [
      'too many forwarders',
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Forwarded-For: ${Array(31).fill('1.1.1.1').join(', ')}\r\n\r\n`,
      463,
    ],
  ])('%s', async (_, bytes, status) => {
    const response = await answers(bytes);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain('Server: awselb/2.0\r\n');
    expect(response).toContain('Connection: close\r\n');
    expect(response.match(/^HTTP/gm)).toHaveLength(1);
  });

  test('502 and 503 are small pages of the lengths that clients know', async () => {
    const { port } = await balancer({});
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 503 Service Temporarily Unavailable\r\nServer: awselb\/2\.0\r\nDate: .* GMT\r\nContent-Type: text\/html\r\nContent-Length: 162\r\n/,
    );
    expect(await answers('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toContain(
      'Content-Length: 122\r\n',
    );
  });

  test('a response that is cut short is cut short for the client', async () => {
    const upstream = await use(
      rawUpstream((socket) =>
        socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
      ),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/\r\n\r\nabc$/);
  });

  test('a source that the security groups do not admit gets nothing and is reported', async () => {
    const denied: string[] = [];
    const { port } = await balancer(
      { admittedCidrs: ['203.0.113.0/24'] },
      { onDenied: (_: string, source: string) => denied.push(source) },
    );
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').catch(() => '');
    expect(answer).toBe('');
    expect(denied).toEqual(['127.0.0.1']);
  });
});
