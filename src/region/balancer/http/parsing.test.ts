import fc from 'fast-check';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BodyReader } from './body-reader.ts';
import { FAILED, HeadScanner, MORE, requestLimits, responseLimits } from './head-scanner.ts';
import { fieldValues, parseRequestHead } from './request-head.ts';
import { parseResponseHead } from './response-head.ts';

/** What is made of a stream of requests, given in pieces: heads, bodies as they travel on, and the end. */
function parse(pieces: readonly Buffer[]): readonly unknown[] {
  const scanner = new HeadScanner(requestLimits);
  const body = new BodyReader();
  const seen: unknown[] = [];
  let passed = '';
  const sink = (chunk: Buffer, start: number, end: number) => {
    passed += chunk.toString('latin1', start, end);
  };
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      if (!body.done) {
        at = body.read(piece, at, sink);
        if (body.failed) return [...seen, 'bad body'];
        if (body.done) seen.push(`body ${passed}`);
        continue;
      }
      at = scanner.push(piece, at);
      if (at === MORE) break;
      if (at === FAILED) return [...seen, scanner.failure];
      const head = parseRequestHead(scanner.text);
      if ('refused' in head) return [...seen, head.refused];
      seen.push({ ...head, text: '' });
      passed = '';
      body.start(head.framing, head.length);
    }
  return [...seen, body.done && !scanner.begun ? 'end' : 'incomplete'];
}

const golden = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /x?y HTTP/1.1\r\nHost: a:80\r\nContent-Length: 4\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-End:  v \r\n\r\nbodyGET /2 HTTP/1.0\r\n\r\n',
  'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4;a=b\r\nabcd\r\n00A\r\n0123456789\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcde\r\n0\r\n\r\n',
  '\r\n\r\nGET http://B.example/p HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(300)}\r\n\r\n`,
];

describe('split anywhere, the result is the same', () => {
  test.each(golden)('%j at every byte', (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const whole = parse([bytes]);
    for (let at = 1; at < bytes.length; at++)
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    expect(parse(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(whole);
  });

  test('also of mutilated requests, in any pieces', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...golden),
        fc.array(
          fc.record({
            at: fc.nat(400),
            byte: fc.constantFrom(0, 9, 10, 13, 32, 48, 58, 65, 127, 255),
            kind: fc.nat(2),
          }),
          { maxLength: 4 },
        ),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (text, changes, cuts) => {
          const bytes = [...Buffer.from(text, 'latin1')];
          for (const { at, byte, kind } of changes)
            bytes.splice(at % bytes.length, kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
          const mutilated = Buffer.from(bytes);
          const borders = [
            0,
            ...cuts.map((cut) => cut % (mutilated.length + 1)).sort((a, b) => a - b),
            mutilated.length,
          ];
          const pieces = borders.slice(1).map((border, index) => mutilated.subarray(borders[index], border));
          expect(parse(pieces)).toEqual(parse([mutilated]));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('limits fall at the same byte', () => {
    const head = (length: number) =>
      Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(length)}\r\n\r\n`);
    expect(parse([head(16_384 - 3)])).toHaveLength(2);
    expect(parse([head(16_384 - 2)])).toEqual(['too-long']);
    const long = head(20_000);
    expect(parse([long.subarray(0, 17_000), long.subarray(17_000)])).toEqual(['too-long']);
    const line = Buffer.from(`GET /${'x'.repeat(16_384)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(parse([line.subarray(0, 9000), line.subarray(9000)])).toEqual(['first-line-too-long']);
  });
});

describe('request heads', () => {
  const head = (lines: string) => {
    const parsed = parseRequestHead(lines);
    if ('refused' in parsed) throw new Error(`refused ${parsed.refused}`);
    return parsed;
  };
  test('what travels on is what is not for this hop', () => {
    const { kept, forwardedFor, traceId, websocket } = head(
      'GET / HTTP/1.1\r\nA: 1\r\nHost: h\r\nConnection: Upgrade, b\r\nB: 2\r\nUpgrade: WebSocket\r\nC: 3\r\nX-Forwarded-For: 1.1.1.1\r\nX-Amzn-Trace-Id: Root=1\r\nTE: trailers\r\nD: 4\r\n',
    );
    expect({ kept, forwardedFor, traceId, websocket }).toEqual({
      kept: 'A: 1\r\nC: 3\r\nD: 4\r\n',
      forwardedFor: '1.1.1.1',
      traceId: 'Root=1',
      websocket: true,
    });
  });
  test('the absolute form decides over Host', () => {
    expect(head('GET http://B/x?y HTTP/1.1\r\nHost: a\r\n')).toMatchObject({ host: 'B', target: '/x?y' });
    expect(head('GET http://B?y HTTP/1.1\r\nHost: a\r\n').target).toBe('/?y');
  });
  test('what looks like framing to others is not reused', () => {
    expect(head('POST / HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\n').ambiguous).toBe(true);
    expect(head('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n').ambiguous).toBe(true);
    expect(head('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n').ambiguous).toBe(false);
  });
  test('fields are found in any case, in order', () => {
    expect(fieldValues('GET / HTTP/1.1\r\nx-a: 1\r\nX-AB: no\r\nX-A:2 \r\n', 'x-a')).toEqual(['1', '2']);
  });
});

describe('against node:http', () => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end('ok'));
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());
  const nodeAnswers = (bytes: string) =>
    new Promise<number>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
        const status = /^HTTP\/1\.1 (\d+)/.exec(text);
        if (!status) return;
        socket.destroy();
        resolve(Number(status[1]));
      });
      socket.on('error', reject);
      socket.write(bytes, 'latin1');
    });
  const requests: readonly [request: string, ours: 'taken' | 'refused'][] = [
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'taken'],
    ['GET /%20?a=b;c HTTP/1.1\r\nHost: a\r\n\r\n', 'taken'],
    ['DELETE / HTTP/1.1\r\nhost:a\r\n\r\n', 'taken'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', 'taken'],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n', 'taken'],
    ['OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 'taken'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: \u00e9\r\n\r\n', 'taken'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n', 'taken'],
    ['GET / HTTP/1.1\r\n\r\n', 'refused'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: \u0001\r\n\r\n', 'refused'],
    ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', 'refused'],
    ['GET / HTTP/1.1\r\nHost: a\r\n X: 1\r\n\r\n', 'refused'],
    ['GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n', 'refused'],
    ['GET  HTTP/1.1\r\nHost: a\r\n\r\n', 'refused'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na', 'refused'],
    ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na', 'refused'],
    [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'refused',
    ],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n', 'refused'],
    ['POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n', 'refused'],
  ];
  test.each(requests)('%j: %s, as there', async (request, expected) => {
    const ours = parse([Buffer.from(request, 'latin1')]).at(-1) === 'end' ? 'taken' : 'refused';
    expect(ours).toBe(expected);
    expect((await nodeAnswers(request)) === 200 ? 'taken' : 'refused').toBe(expected);
  });
  test('stricter than there: a repeated Host', async () => {
    const twice = 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n';
    expect(await nodeAnswers(twice)).toBe(200);
    expect(parse([Buffer.from(twice)])).toEqual([400]);
  });
});

describe('response heads', () => {
  const parsed = (text: string, toHead = false) => {
    const scanner = new HeadScanner(responseLimits);
    return scanner.push(Buffer.from(text), 0) === text.length
      ? parseResponseHead(scanner.text, toHead)
      : undefined;
  };
  test.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', { framing: 'length', length: 3, reusable: true }],
    ['HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', { framing: 'none', reusable: true }],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      { framing: 'chunked', reusable: false },
    ],
    ['HTTP/1.1 200 OK\r\n\r\n', { framing: 'close', reusable: false }],
    ['HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n', { framing: 'length', reusable: false }],
    ['HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n', { framing: 'none', keepAliveSeconds: 5 }],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n', { kept: 'Content-Length: 3\r\n' }],
  ])('%j', (text, expected) => expect(parsed(text)).toMatchObject(expected));
  test.each([
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX : 1\r\n\r\n',
    'HTTP/1.1 200 OK\nX: 1\n\n',
    `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(6000)}\r\n`,
  ])('%j is malformed', (text) => expect(parsed(text)).toBeUndefined());
});
