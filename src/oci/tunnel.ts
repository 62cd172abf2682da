import { request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';

export interface TlsSettings {
  /** Who is trusted; absent: whom Node trusts. */
  readonly trust?: () => SecureContext;
  /** False: whatever certificate is shown is taken. */
  readonly verify: boolean;
}

/** Milliseconds. */
const PATIENCE = 30_000;

/** Connections to TLS hosts by a proxy's CONNECT: https://www.rfc-editor.org/rfc/rfc9110#name-connect */
export function tunnelAgent(proxy: URL, tls: TlsSettings): HttpsAgent {
  const agent = new HttpsAgent({ keepAlive: true });
  const createConnection = (
    { host = '', port = 443 }: { readonly host?: string; readonly port?: number },
    done: (error: Error | null, socket?: Socket) => void,
  ): undefined => {
    void secured(proxy, host, port, tls, done);
  };
  return Object.assign(agent, { createConnection });
}

async function secured(
  proxy: URL,
  host: string,
  port: number,
  tls: TlsSettings,
  done: (error: Error | null, socket?: Socket) => void,
): Promise<void> {
  try {
    const socket = await openTunnel(proxy, host, port);
    const secureContext = tls.trust?.();
    const secure = connectTls({
      socket,
      servername: host,
      rejectUnauthorized: tls.verify,
      ...(secureContext ? { secureContext } : {}),
    });
    // The request's own patience begins when it is given its connection.
    secure.setTimeout(PATIENCE, () =>
      secure.destroy(new ProxyRefused(`proxy ${proxy.host}: ${host} does not answer behind it`)),
    );
    secure.once('secureConnect', () => {
      secure.setTimeout(0);
      done(null, secure);
    });
    secure.once('error', done);
  } catch (error) {
    done(error as Error);
  }
}

export class ProxyRefused extends Error {
  override readonly name = 'ProxyRefused';
}

function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(proxy, {
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      timeout: PATIENCE,
    });
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else {
        socket.destroy();
        reject(
          new ProxyRefused(`proxy ${proxy.host}: ${response.statusCode} ${response.statusMessage ?? ''}`),
        );
      }
    });
    request.once('response', (response) => {
      response.destroy();
      reject(new ProxyRefused(`proxy ${proxy.host}: ${response.statusCode} ${response.statusMessage ?? ''}`));
    });
    request.once('timeout', () => request.destroy(new ProxyRefused(`proxy ${proxy.host} does not answer`)));
    request.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error instanceof ProxyRefused
          ? error
          : new ProxyRefused(`proxyconnect tcp: ${error.message}`, { cause: error }),
      ),
    );
    request.end();
  });
}

export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
