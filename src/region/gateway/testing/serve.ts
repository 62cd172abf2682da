import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway, type GatewayOptions } from '../gateway.ts';

/** A gateway for tests at a loopback port of its own, with what it logged. */
export async function serveGateway(
  services: GatewayOptions['services'],
  registry?: GatewayOptions['registry'],
): Promise<{ readonly url: string; readonly logged: string[]; close(): Promise<void> }> {
  const logged: string[] = [];
  const gateway = createGateway({
    services,
    identity: { region: 'eu-central-1' },
    log: (message) => void logged.push(message),
    ...(registry ? { registry } : {}),
  });
  const server = createServer(gateway);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    logged,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What an SDK client needs to talk to it. */
export function clientOptions(endpoint: string) {
  return {
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
}
