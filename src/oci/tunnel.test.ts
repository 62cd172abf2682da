import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTransport } from './transport.ts';

let folder: string;
let certificate: string;
let secure: Server;
let proxy: Server;
const asked: string[] = [];
let authorization: string | undefined;

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) =>
  new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fairway-tls-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
      .concat(['-keyout', key, '-out', cert, '-subj', '/CN=registry.test'])
      .concat(['-addext', 'subjectAltName=DNS:registry.test']),
    { stdio: 'ignore' },
  );
  certificate = readFileSync(cert, 'utf8');
  secure = createTlsServer({ key: readFileSync(key), cert: certificate }, (request, response) => {
    response.end(`hello ${request.headers.host}`);
  });
  const http = createProxy((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('by proxy');
  });
  http.on('connect', (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    authorization = request.headers['proxy-authorization'];
    if (request.url?.startsWith('forbidden.test')) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect(portOf(secure), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
  });
  proxy = http;
  await Promise.all([listen(secure), listen(proxy)]);
});
afterAll(() => {
  secure.close();
  proxy.close();
  rmSync(folder, { recursive: true, force: true });
});

const transport = (trusting: boolean, user = '') => {
  const address = `http://${user}127.0.0.1:${portOf(proxy)}`;
  return createTransport({
    proxies: { https: address, http: address },
    stallMilliseconds: 5_000,
    userAgent: 'test',
    tls: trusting ? { trust: () => createSecureContext({ ca: certificate }) } : {},
  });
};
const text = async (send: ReturnType<typeof createTransport>, url: string, verify = true) =>
  (await (await send({ method: 'GET', url: new URL(url), verify })).bytes(1_000)).toString();

it('TLS goes through a tunnel, and the certificate is that of the host behind it', async () => {
  expect(await text(transport(true, 'us%20er:pass@'), 'https://registry.test/v2/')).toBe(
    'hello registry.test',
  );
  expect(asked).toContain('CONNECT registry.test:443');
  expect(authorization).toBe(`Basic ${Buffer.from('us er:pass').toString('base64')}`);
  await expect(text(transport(true), 'https://other.test/')).rejects.toMatchObject({ failure: 'untrusted' });
  await expect(text(transport(false), 'https://registry.test/')).rejects.toMatchObject({
    failure: 'untrusted',
  });
  expect(await text(transport(false), 'https://other.test/', false)).toBe('hello other.test');
});

it('what has no TLS is asked of the proxy', async () => {
  expect(await text(transport(true), 'http://plain.test/x')).toBe('by proxy');
  expect(asked).toContain('GET http://plain.test/x');
});

it('a proxy that refuses is told as such', async () => {
  await expect(text(transport(true), 'https://forbidden.test/')).rejects.toMatchObject({
    failure: 'proxy',
    message: expect.stringContaining('403 Forbidden'),
  });
});
