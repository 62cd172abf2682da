import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listenLocal, listenSocket } from './listen.ts';
import { uidInTable } from './peer.ts';

const uid = process.getuid?.() ?? -1;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
async function listening(allowUid = uid, port = 0) {
  const server = await listenLocal({
    gateway: (_request, response) => response.end('served'),
    port,
    allowUid,
  });
  open.push(server);
  return server;
}
function ask(port: number, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('serves its own user, on any loopback name', async () => {
  const { port } = await listening();
  expect(await ask(port)).toBe(200);
  for (const host of ['localhost', 'localhost:4566', '127.0.0.1:1', '[::1]:4566', 'photos.s3.localhost:4566'])
    expect([host, await ask(port, { host })]).toEqual([host, 200]);
});

test('serves the names of its registries, which lead here by settings of the machine', async () => {
  const { port } = await listening();
  expect(await ask(port, { host: '000000000000.dkr.ecr.us-east-1.amazonaws.com' })).toBe(200);
});

test.each([
  { origin: 'http://127.0.0.1:4566' },
  { host: '000000000000.dkr.ecr.us-east-1.amazonaws.com.evil.example' },
  { host: 'x.000000000000.dkr.ecr.us-east-1.amazonaws.com' },
  { origin: 'null' },
  { host: 'evil.example' },
  { host: '127.0.0.1.evil.example:4566' },
  { host: 'localhost.evil.example' },
  { 'sec-fetch-site': 'cross-site' },
])('refuses what a web page could send: %o', async (headers) => {
  const { port } = await listening();
  expect(await ask(port, headers as Record<string, string>)).toBe(403);
});

test('refuses another user of the machine', async () => {
  // Root can become another user; anyone else lets the endpoint belong to one.
  const root = uid === 0;
  const { port } = await listening(root ? uid : uid + 1);
  const script = `require('node:http').get('http://127.0.0.1:${port}', (r) => console.log(r.statusCode))`;
  const status = await new Promise<string>((resolve, reject) => {
    const other = root ? { uid: 65_534, gid: 65_534 } : {};
    execFile(process.execPath, ['-e', script], { ...other, cwd: '/' }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
  expect(status).toBe('403');
});

test('takes the next port when its own is taken', async () => {
  const first = await listening();
  const second = await listening(uid, first.port);
  expect(second.port).toBeGreaterThan(first.port);
  expect(await ask(second.port)).toBe(200);
});

test('the Unix socket is for its owner alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const path = join(folder, 'run', 'region.sock');
  const server = await listenSocket(path, (_request, response) => response.end('served'));
  open.push(server, { close: () => Promise.resolve(rmSync(folder, { recursive: true })) });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
  const status = await new Promise((resolve, reject) => {
    request({ socketPath: path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
});

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, remote: string, state: string, user: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${user}        0 12345 1 0 20 4 30 10 -1\n`;
const ends = { localPort: 4566, remoteAddress: '127.0.0.1', remotePort: 40_000 };

test('the peer is the socket whose far end is ours', () => {
  const ours = line('0100007F:11D6', '0100007F:9C40', '01', 1);
  const theirs = line('0100007F:9C40', '0100007F:11D6', '01', 1001);
  expect(uidInTable(HEAD + ours + theirs, ends)).toBe(1001);
  expect(uidInTable(HEAD + ours, ends)).toBeUndefined();
});

test('a socket that its owner has closed counts as nobody’s, not as root’s', () => {
  expect(uidInTable(HEAD + line('0100007F:9C40', '0100007F:11D6', '05', 0), ends)).toBeUndefined();
});

test('an IPv4 connection of an IPv6 socket is found', () => {
  const mapped = '0000000000000000FFFF00000100007F';
  expect(uidInTable(HEAD + line(`${mapped}:9C40`, `${mapped}:11D6`, '01', 1002), ends)).toBe(1002);
});
