import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import { healthy, serve } from '../testing.ts';

const ending: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** RFC 6455, 5.2: frames of a client are masked. */
function frame(payload: Buffer, masked: boolean): Buffer {
  const length = payload.length;
  const size =
    length < 126 ? [length] : length < 1 << 16 ? [126, length >> 8, length & 255] : [127, 0, 0, 0, 0];
  const head = Buffer.from([0x82, ...size]);
  head.writeUInt8(head.readUInt8(1) | (masked ? 0x80 : 0), 1);
  const long = Buffer.alloc(length < 1 << 16 ? 0 : 4);
  if (long.length > 0) long.writeUInt32BE(length);
  const mask = masked ? randomBytes(4) : Buffer.alloc(0);
  const body = masked ? payload.map((byte, index) => byte ^ mask.readUInt8(index % 4)) : payload;
  return Buffer.concat([head, long, mask, body]);
}
/** Payloads of whole frames, as they come. */
function frames(socket: Duplex, onFrame: (payload: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < 2) return;
      const masked = (rest.readUInt8(1) & 0x80) !== 0;
      const short = rest.readUInt8(1) & 0x7f;
      const at = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < at + (masked ? 4 : 0)) return;
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : rest.readUInt32BE(6);
      const start = at + (masked ? 4 : 0);
      if (rest.length < start + length) return;
      const mask = rest.subarray(at, start);
      const body = Buffer.from(rest.subarray(start, start + length));
      onFrame(masked ? Buffer.from(body.map((byte, index) => byte ^ mask.readUInt8(index % 4))) : body);
      rest = rest.subarray(start + length);
    }
  });
}

/** A target that upgrades as RFC 6455 says and hands over the connection. */
async function upgrading(onSocket: (socket: Duplex, request: IncomingMessage) => void): Promise<number> {
  const server = createServer((_request, response) => response.end('no'));
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    onSocket(socket, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  ending.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
async function client(port: number): Promise<{ readonly socket: Socket; readonly head: string }> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  ending.push(() => void socket.destroy());
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  return { socket, head: String(head) };
}
async function through(target: number, options: Parameters<typeof serve>[1] = {}) {
  const served = await serve({ targets: [healthy(target)], settings: { idleTimeoutSeconds: 60 } }, options);
  ending.push(() => served.close());
  return served;
}

test('frames of all sizes pass both ways at the same time', async () => {
  const target = await upgrading((socket) =>
    frames(socket, (payload) => socket.write(frame(payload, false))),
  );
  const { port } = await through(target);
  const { socket, head } = await client(port);
  expect(head).toContain('HTTP/1.1 101 Switching Protocols\r\n');
  expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
  const sent = [0, 1, 125, 126, 65_535, 65_536, 1 << 20].map((size) => randomBytes(size));
  const back = new Promise<readonly Buffer[]>((resolve) => {
    const received: Buffer[] = [];
    frames(socket, (payload) => {
      received.push(payload);
      if (received.length === sent.length) resolve(received);
    });
  });
  for (const payload of sent) socket.write(frame(payload, true));
  expect((await back).map((payload) => payload.toString('hex'))).toEqual(
    sent.map((payload) => payload.toString('hex')),
  );
});

test('each side may end its half and still be told', async () => {
  const said: string[] = [];
  const target = await upgrading((socket) => {
    socket.on('data', (chunk) => said.push(String(chunk)));
    // Answers only after the client has ended.
    socket.on('end', () => socket.end('late answer'));
  });
  const { port, balancer } = await through(target);
  const first = await client(port);
  first.socket.end('last words');
  expect(String((await once(first.socket, 'data'))[0])).toBe('late answer');
  await once(first.socket, 'end');
  expect(said).toEqual(['last words']);

  const heard: string[] = [];
  const other = await upgrading((socket) => {
    socket.on('data', (chunk) => heard.push(String(chunk)));
    socket.end('done');
  });
  const second = await client((await through(other)).port);
  if (!second.head.endsWith('done')) await once(second.socket, 'data');
  if (!second.socket.readableEnded) await once(second.socket, 'end');
  second.socket.end('but I am not');
  await once(second.socket, 'close');
  while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(heard).toEqual(['but I am not']);
  while (balancer.connections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('the idle timeout counts from the last byte of either side', async () => {
  const clock = manualClock();
  let far: Duplex | undefined;
  const target = await upgrading((socket) => void (far = socket));
  const { port } = await through(target, { clock });
  const { socket } = await client(port);
  await clock.advance(50_000);
  far!.write('tick');
  expect(String((await once(socket, 'data'))[0])).toBe('tick');
  await clock.advance(50_000);
  expect(socket.destroyed).toBe(false);
  socket.write('tock');
  await once(far!, 'data');
  const ended = once(socket, 'close');
  socket.resume();
  socket.on('end', () => socket.end());
  await clock.advance(61_000);
  await ended;
});
