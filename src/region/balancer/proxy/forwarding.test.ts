import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { exchange, httpUpstream, openedHere, rawUpstream, serve, type Config } from '../testing.ts';

const { use, closeAll } = openedHere();
afterEach(closeAll);
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
