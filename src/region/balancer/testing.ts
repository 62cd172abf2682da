import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createBalancer, type Balancer, type BalancerOptions } from './balancer.ts';
import type {
  BalancerConfig,
  HealthCheckConfig,
  HealthReport,
  MinimumHealthy,
  StickinessConfig,
  TargetConfig,
} from './protocol.ts';
import { defaultSettings } from './proxy/core.ts';

/** A balancer on real sockets of this machine's loopback, for tests and measurements. */
export const listenerArn = 'arn:listener';
export const groupArn = 'arn:group';
export const healthCheck: HealthCheckConfig = {
  path: '/',
  matcher: '200',
  intervalMilliseconds: 1000,
  timeoutMilliseconds: 500,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
};

export interface Config {
  readonly targets?: readonly TargetConfig[];
  readonly rules?: BalancerConfig['listeners'][number]['rules'];
  readonly settings?: Partial<BalancerConfig['settings']>;
  readonly check?: Partial<HealthCheckConfig>;
  readonly admittedCidrs?: readonly string[];
  readonly stickiness?: StickinessConfig;
  readonly pace?: BalancerConfig['pace'];
  readonly slowStartMilliseconds?: number;
  readonly minimumHealthy?: MinimumHealthy;
}
export function configOf({
  targets = [],
  rules,
  settings,
  check,
  admittedCidrs,
  stickiness,
  pace = 'eager',
  slowStartMilliseconds,
  minimumHealthy,
}: Config): BalancerConfig {
  return {
    revision: 1,
    dnsName: 'lb-1.us-east-1.elb.amazonaws.com',
    nodes: [],
    pace,
    settings: { ...defaultSettings, ...settings },
    listeners: [
      {
        arn: listenerArn,
        port: 80,
        admittedCidrs: admittedCidrs ?? ['0.0.0.0/0'],
        rules: rules ?? [
          { conditions: [], action: { kind: 'forward', groups: [{ arn: groupArn, weight: 1 }] } },
        ],
      },
    ],
    targetGroups: [
      {
        arn: groupArn,
        algorithm: 'round_robin',
        ...(stickiness ? { stickiness } : {}),
        ...(slowStartMilliseconds === undefined ? {} : { slowStartMilliseconds }),
        ...(minimumHealthy ? { minimumHealthy } : {}),
        healthCheck: { ...healthCheck, ...check },
        targets,
      },
    ],
  };
}

export interface Served {
  readonly balancer: Balancer;
  readonly port: number;
  readonly reports: HealthReport[];
  apply(config: Config): void;
  /** Resolves when the predicate is true of the reports so far. */
  until(predicate: (reports: readonly HealthReport[]) => boolean): Promise<void>;
  close(): Promise<void>;
}
export async function serve(config: Config, options: BalancerOptions = {}): Promise<Served> {
  const reports: HealthReport[] = [];
  const waiting = new Set<() => void>();
  const balancer = createBalancer({
    ...options,
    onHealth(report) {
      reports.push(report);
      for (const check of waiting) check();
    },
  });
  balancer.apply(configOf(config));
  const server = createServer((socket) =>
    balancer.accept(listenerArn, socket, { dialledPort: portOf(server), fromHost: true }),
  );
  const port = await listening(server);
  return {
    balancer,
    port,
    reports,
    apply: (next) => balancer.apply(configOf(next)),
    until: (predicate) =>
      new Promise((resolve) => {
        const check = () => {
          if (!predicate(reports)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async close() {
      balancer.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
function listening(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server))));
}

export interface Upstream {
  readonly port: number;
  readonly target: TargetConfig;
  close(): Promise<void>;
}
/** A target written with node:http; it counts as healthy from the start. */
export async function httpUpstream(listener: RequestListener): Promise<Upstream> {
  const server = createHttpServer({ keepAliveTimeout: 60_000 }, listener);
  const port = await listening(server);
  return {
    port,
    target: healthy(port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
/** A target that answers with bytes of the test's choice. */
export async function rawUpstream(onConnection: (socket: Socket) => void): Promise<Upstream> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  const port = await listening(server);
  return {
    port,
    target: healthy(port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
export const healthy = (port: number): TargetConfig => ({
  address: '127.0.0.1',
  port,
  draining: false,
  known: 'healthy',
});

/** Sends bytes and resolves with all that comes back until the connection ends. */
export function exchange(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
    for (const part of parts) socket.write(part);
  });
}

/** Servers and balancers of one test, which end with it. */
export function openedHere(): {
  use<T extends Upstream | Served>(starting: Promise<T>): Promise<T>;
  closeAll(): Promise<void>;
} {
  const open: { close(): Promise<void> }[] = [];
  return {
    async use(starting) {
      const item = await starting;
      open.push(item);
      return item;
    },
    async closeAll() {
      for (const item of open.splice(0).reverse()) await item.close();
    },
  };
}
