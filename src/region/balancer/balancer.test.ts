import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import {
  exchange,
  httpUpstream,
  rawUpstream,
  serve,
  type Config,
  type Served,
  type Upstream,
} from './testing.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});
const use = async <T extends Upstream | Served>(starting: Promise<T>): Promise<T> => {
  const item = await starting;
  open.push(item);
  return item;
};
const balancer = (config: Config, options = {}) => use(serve(config, options));
const echo = () =>
  use(
    httpUpstream((incoming, response) => {
      const body: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => body.push(chunk));
      incoming.on('end', () =>
        response.end(
          JSON.stringify({
            method: incoming.method,
            url: incoming.url,
            headers: incoming.headers,
            body: Buffer.concat(body).toString(),
          }),
        ),
      );
    }),
  );
const bodyOf = (response: string) =>
  JSON.parse(/\{.*\}/s.exec(response)?.[0] ?? '{}') as {
    headers: Record<string, string>;
    [key: string]: unknown;
  };

describe('forwarding', () => {
  test('a request arrives with the forwarding fields, the host as given and no hop-by-hop field', async () => {
    const upstream = await echo();
    const { port } = await balancer({ targets: [upstream.target] });
    const response = await exchange(
      port,
      `GET /a?b=c HTTP/1.1\r\nHost: EXAMPLE.com:${port}\r\nConnection: close, x-private\r\nX-Private: 1\r\n` +
        'X-Forwarded-For: 10.9.8.7\r\nX-Forwarded-Proto: https\r\nTE: trailers\r\nAccept: */*\r\n\r\n',
    );
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(response).toContain('Connection: close\r\n');
    const { headers, url } = bodyOf(response);
    expect(url).toBe('/a?b=c');
    expect(headers).toMatchObject({
      host: `example.com:${port}`,
      'x-forwarded-for': '10.9.8.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(port),
      accept: '*/*',
    });
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(Object.keys(headers)).not.toContain('x-private');
    expect(Object.keys(headers)).not.toContain('te');
  });

  test('bodies with a length and in chunks, pipelined on one connection, arrive whole and in order', async () => {
    const upstream = await echo();
    const { port } = await balancer({ targets: [upstream.target] });
    const response = await exchange(
      port,
      'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello' +
        'POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n' +
        'GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    const bodies = response.split('HTTP/1.1 200 OK').slice(1).map(bodyOf);
    expect(bodies.map(({ url, body }) => [url, body])).toEqual([
      ['/1', 'hello'],
      ['/2', 'abcde'],
      ['/3', ''],
    ]);
  });

  test('HEAD, 204 and 304 have no body and leave the connection usable', async () => {
    const upstream = await use(
      httpUpstream((incoming, response) => {
        response.statusCode = incoming.url === '/204' ? 204 : incoming.url === '/304' ? 304 : 200;
        response.setHeader('x-path', incoming.url ?? '');
        if (response.statusCode === 200) response.setHeader('content-length', 4);
        response.end(
          incoming.method === 'HEAD' ? undefined : response.statusCode === 200 ? 'body' : undefined,
        );
      }),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    const response = await exchange(
      port,
      'HEAD /h HTTP/1.1\r\nHost: a\r\n\r\nGET /204 HTTP/1.1\r\nHost: a\r\n\r\nGET /304 HTTP/1.1\r\nHost: a\r\n\r\n' +
        'GET /g HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect([...response.matchAll(/x-path: (\S+)/g)].map((match) => match[1])).toEqual([
      '/h',
      '/204',
      '/304',
      '/g',
    ]);
    expect(response.endsWith('\r\n\r\nbody')).toBe(true);
    expect(response.match(/Content-Length: 4/gi)).toHaveLength(2);
  });

  test('HTTP/1.0: no chunks, the connection ends, and a missing Host is the name of the load balancer', async () => {
    const upstream = await use(
      httpUpstream((incoming, response) => {
        response.write(`${incoming.headers.host} `);
        response.end('end');
      }),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    const response = await exchange(port, 'GET / HTTP/1.0\r\n\r\n');
    expect(response).not.toMatch(/chunked/i);
    expect(response.split('\r\n\r\n')[1]).toBe('lb-1.us-east-1.elb.amazonaws.com end');
  });

  test('a body that ends with the connection reaches the client in chunks', async () => {
    const upstream = await use(
      rawUpstream((socket) =>
        socket.on('data', () =>
          socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end'),
        ),
      ),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    const response = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(response.split('\r\n\r\n').slice(1).join('|')).toBe('d\r\nuntil the end\r\n0|');
  });

  test('Expect: 100-continue is answered at once and not forwarded', async () => {
    const upstream = await echo();
    const { port } = await balancer({ targets: [upstream.target] });
    const answer = await new Promise<string>((resolve, reject) => {
      const outgoing = request(
        { port, method: 'PUT', headers: { expect: '100-continue', 'content-length': 3 } },
        (r) => {
          let text = '';
          r.on('data', (chunk) => (text += chunk));
          r.on('end', () => resolve(text));
        },
      );
      outgoing.on('continue', () => outgoing.end('abc'));
      outgoing.on('error', reject);
      outgoing.flushHeaders();
    });
    expect(bodyOf(answer)['body']).toBe('abc');
    expect(bodyOf(answer).headers['expect']).toBeUndefined();
  });

  test('100 MB stream through both ways, and little of it is held', async () => {
    const size = 100 * 1024 * 1024;
    const upstream = await use(
      httpUpstream((incoming, response) => {
        response.writeHead(200, { 'content-length': size });
        incoming.pipe(response);
      }),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    const block = randomBytes(1024 * 1024);
    const sent = createHash('sha256');
    const received = createHash('sha256');
    // What has been taken and not given on, in the balancer and in the kernel's own buffers: a balancer that held whole bodies
    // would hold all of it. (Memory itself also counts what waits for the garbage collector.)
    let underWay = 0;
    let peak = 0;
    await new Promise<void>((resolve, reject) => {
      const outgoing = request({ port, method: 'POST', headers: { 'content-length': size } }, (response) => {
        response.on('data', (chunk: Buffer) => {
          received.update(chunk);
          underWay -= chunk.length;
        });
        response.on('end', resolve);
      });
      outgoing.on('error', reject);
      let left = size / block.length;
      const write = () => {
        while (left > 0) {
          left--;
          sent.update(block);
          underWay += block.length;
          peak = Math.max(peak, underWay);
          if (!outgoing.write(block)) {
            outgoing.once('drain', write);
            return;
          }
        }
        outgoing.end();
      };
      write();
    });
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(peak).toBeLessThan(48 * 1024 * 1024);
  });

  test('a WebSocket becomes a tunnel; other upgrades are plain requests', async () => {
    const upstream = await use(
      rawUpstream((socket) => {
        let upgraded = false;
        socket.on('data', (chunk) => {
          if (upgraded) socket.write(`echo ${chunk}`);
          else if (/upgrade: websocket/i.test(String(chunk))) {
            upgraded = true;
            socket.write(
              'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
            );
          } else
            socket.write(
              `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Upgrade: ${/upgrade/i.test(String(chunk))}\r\n\r\nno`,
            );
        });
      }),
    );
    const { port } = await balancer({ targets: [upstream.target] });
    const { connect } = await import('node:net');
    const dialogue = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        const first = text === '';
        text += chunk;
        if (first) socket.write('ping');
        else if (text.includes('echo ping')) socket.end();
      });
      socket.on('close', () => resolve(text));
      socket.write(
        'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
    });
    expect(dialogue).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n[^]*echo ping$/);
    const plain = await exchange(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
    );
    expect(plain).toContain('X-Upgrade: false');
  });
});

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

describe('stale connections', () => {
  /** Answers `limit` requests on each connection and closes it when the next one arrives. */
  const fickle = (limit: number) =>
    use(
      rawUpstream((socket) => {
        let count = 0;
        socket.on('data', () => {
          if (++count > limit) socket.destroy();
          else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
        });
      }),
    );
  const four = (method: string) =>
    `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`.repeat(3) +
    `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  const statuses = (response: string) =>
    [...response.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));

  test('a request that may be repeated goes out again on a fresh connection', async () => {
    const upstream = await fickle(1);
    const { port } = await balancer({ targets: [upstream.target] });
    expect(statuses(await exchange(port, four('PUT')))).toEqual([200, 200, 200, 200]);
  });
  test('one that may not is answered with 502, as AWS does', async () => {
    const upstream = await fickle(1);
    const { port } = await balancer({ targets: [upstream.target] });
    expect(statuses(await exchange(port, four('POST')))).toEqual([200, 502, 200, 502]);
  });
});

describe('scaling under load', () => {
  test('targets that come, drain and go fail no request', async () => {
    const named = (name: string) =>
      use(
        httpUpstream((incoming, response) => {
          incoming.resume();
          incoming.on('end', () => setTimeout(() => response.end(name), Math.random() * 5));
        }),
      );
    const [a, b, c] = await Promise.all([named('a'), named('b'), named('c')]);
    const served = await balancer({ targets: [a.target] });
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const seen = new Map<string, number>();
    const load = { running: true };
    const failures: unknown[] = [];
    const client = async () => {
      for (let count = 0; load.running; count++)
        await new Promise<void>((resolve) => {
          const outgoing = request(
            {
              agent,
              port: served.port,
              method: count % 2 ? 'POST' : 'GET',
              headers: { 'content-length': 1 },
            },
            (response) => {
              let text = '';
              response.on('data', (chunk) => (text += chunk));
              response.on('end', () => {
                if (response.statusCode === 200) seen.set(text, (seen.get(text) ?? 0) + 1);
                else failures.push(response.statusCode);
                resolve();
              });
            },
          );
          outgoing.on('error', (error) => {
            failures.push(error);
            resolve();
          });
          outgoing.end('x');
        });
    };
    const clients = Array.from({ length: 16 }, client);
    const requests = async (count: number) => {
      const total = () => [...seen.values()].reduce((sum, value) => sum + value, 0);
      const goal = total() + count;
      while (total() < goal && failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const drain = (upstream: Upstream) => ({ ...upstream.target, draining: true });
    for (let round = 0; round < 3; round++) {
      await requests(100);
      served.apply({ targets: [a.target, b.target, c.target] });
      await requests(200);
      served.apply({ targets: [a.target, drain(b), drain(c)] });
      await requests(100);
      served.apply({ targets: [a.target] });
    }
    load.running = false;
    await Promise.all(clients);
    agent.destroy();
    expect(failures).toEqual([]);
    expect(Math.min(...['a', 'b', 'c'].map((name) => seen.get(name) ?? 0))).toBeGreaterThan(50);
  });
});
