import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../../common/clock.ts';
import type { HealthReport } from '../protocol.ts';
import { createNetworkBalancer, type NetworkBalancerOptions } from './network-balancer.ts';
import { localHeader } from './proxy-header.ts';
import type { NetworkBalancerConfig, NetworkGroupConfig, NetworkTargetConfig } from './protocol.ts';

const ending: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function tcpTarget(
  name: string,
  onConnection?: (socket: Socket) => void,
): Promise<NetworkTargetConfig> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (onConnection) onConnection(socket);
    else {
      socket.write(`${name}\n`);
      socket.pipe(socket);
    }
  });
  await listening(server);
  ending.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return target((server.address() as AddressInfo).port);
}
const listening = (server: Server) =>
  new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
const target = (port: number, more: Partial<NetworkTargetConfig> = {}): NetworkTargetConfig => ({
  address: '127.0.0.1',
  port,
  draining: false,
  known: 'healthy',
  ...more,
});
const listenerArn = 'listener';

function configOf(
  targets: readonly NetworkTargetConfig[],
  group: Partial<NetworkGroupConfig> = {},
  more: Partial<NetworkBalancerConfig['listeners'][number]> = {},
): NetworkBalancerConfig {
  return {
    type: 'network',
    revision: 1,
    nodes: [],
    listeners: [
      {
        arn: listenerArn,
        port: 7,
        transports: ['tcp', 'udp'],
        admittedCidrs: { tcp: ['0.0.0.0/0'], udp: ['0.0.0.0/0'] },
        idleTimeoutSeconds: 350,
        groups: [{ arn: 'group', weight: 1 }],
        ...more,
      },
    ],
    targetGroups: [
      {
        arn: 'group',
        healthCheck: {
          protocol: 'TCP',
          path: '',
          matcher: '',
          intervalMilliseconds: 1e9,
          timeoutMilliseconds: 1000,
          healthyThreshold: 2,
          unhealthyThreshold: 2,
        },
        targets,
        crossZone: true,
        sticky: false,
        proxyProtocol: false,
        terminates: { deregistered: false, unhealthy: true },
        ...group,
      },
    ],
  };
}

async function serve(config: NetworkBalancerConfig, options: NetworkBalancerOptions = {}) {
  const balancer = createNetworkBalancer(options);
  balancer.apply(config);
  ending.push(() => balancer.close());
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
    balancer.acceptStream(listenerArn, socket, 'host'),
  );
  await listening(server);
  ending.push(() => void server.close());
  return { balancer, port: (server.address() as AddressInfo).port };
}
/** Sends and closes its half; all that comes until the other half closes, or the code of the error. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('end', () => resolve(received));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.end(text);
  });
}

describe('connections', () => {
  test('pass through with their half closes, each to one of the targets', async () => {
    const targets = [await tcpTarget('a'), await tcpTarget('b')];
    const { port } = await serve(configOf(targets));
    const answers = await Promise.all(Array.from({ length: 32 }, () => exchange(port, 'hello')));
    expect(new Set(answers)).toEqual(new Set(['a\nhello', 'b\nhello']));
  });

  test('a client that does not read holds the target back', async () => {
    const sent = { bytes: 0 };
    const blocked = await tcpTarget('big', (socket) => {
      const chunk = Buffer.alloc(1 << 16);
      const more = () => {
        while (sent.bytes < 1 << 28 && socket.write(chunk)) sent.bytes += chunk.length;
      };
      socket.on('drain', more);
      more();
    });
    const { port } = await serve(configOf([blocked]));
    const socket = connect(port, '127.0.0.1');
    ending.push(() => void socket.destroy());
    socket.pause();
    await once(socket, 'connect');
    let before = -1;
    while (before !== sent.bytes || sent.bytes === 0) {
      before = sent.bytes;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent.bytes).toBeLessThan(1 << 26);
  });

  test('are reset where no target is registered, and where the target refuses', async () => {
    expect(await exchange((await serve(configOf([]))).port, 'x')).toBe('ECONNRESET');
    const { port } = await tcpTarget('gone');
    await ending.splice(-1)[0]?.();
    expect(await exchange((await serve(configOf([target(port)]))).port, 'x')).toBe('ECONNRESET');
  });

  test('go to unhealthy targets when no other is there, and to none that was never checked', async () => {
    const { port } = await tcpTarget('sick');
    const sick = await serve(configOf([target(port, { known: 'unhealthy' })]));
    expect(await exchange(sick.port, 'x')).toBe('sick\nx');
    const well = await tcpTarget('well');
    const mixed = await serve(configOf([target(port, { known: 'unhealthy' }), well]));
    for (let count = 0; count < 8; count++) expect(await exchange(mixed.port, 'x')).toBe('well\nx');
  });

  test('a target becomes healthy by a connection alone', async () => {
    const reports: HealthReport[] = [];
    const { port } = await tcpTarget('new');
    const found = new Promise<void>(
      (resolve) =>
        void serve(configOf([{ address: '127.0.0.1', port, draining: false }]), {
          onHealth(report) {
            reports.push(report);
            if (report.state === 'healthy') resolve();
          },
        }),
    );
    await found;
    expect(reports.at(-1)).toMatchObject({ state: 'healthy' });
  });

  test('of one source stay with one target where that is asked for', async () => {
    const targets = [await tcpTarget('a'), await tcpTarget('b')];
    const { port } = await serve(configOf(targets, { sticky: true }));
    const answers = await Promise.all(Array.from({ length: 16 }, () => exchange(port, '')));
    expect(new Set(answers).size).toBe(1);
  });

  test('outlive the registration of their target unless told otherwise', async () => {
    const one = await tcpTarget('a');
    const { balancer, port } = await serve(configOf([one]));
    const socket = connect(port, '127.0.0.1');
    ending.push(() => void socket.destroy());
    await once(socket, 'data');
    balancer.apply(configOf([]));
    socket.write('still');
    expect(String((await once(socket, 'data'))[0])).toBe('still');
    balancer.apply(configOf([one]));
    const other = connect(port, '127.0.0.1');
    await once(other, 'data');
    const cut = once(other, 'error');
    const terminates = { deregistered: true, unhealthy: true };
    balancer.apply(configOf([one], { terminates }));
    balancer.apply(configOf([], { terminates }));
    expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  test('what was quiet too long gets a reset when it speaks again', async () => {
    const clock = manualClock();
    const { port } = await serve(configOf([await tcpTarget('a')], {}, { idleTimeoutSeconds: 60 }), { clock });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'data');
    await clock.advance(1000);
    await clock.advance(59_000);
    socket.write('x');
    expect(String((await once(socket, 'data'))[0])).toBe('x');
    await clock.advance(1000);
    await clock.advance(61_000);
    const cut = once(socket, 'error');
    socket.write('y');
    expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  test('carry the client’s address where the proxy protocol is on; checks speak for themselves', async () => {
    const heads: Buffer[] = [];
    const asked = await tcpTarget('p', (socket) =>
      socket.once('data', (chunk: Buffer) => {
        heads.push(chunk);
        socket.end('ok');
      }),
    );
    const config = configOf([{ ...asked, known: 'unhealthy' }], { proxyProtocol: true });
    const [group] = config.targetGroups;
    const { port } = await serve({
      ...config,
      targetGroups: [{ ...group!, healthCheck: { ...group!.healthCheck, proxyProtocol: true } }],
    });
    expect(await exchange(port, 'hello')).toBe('ok');
    const [check, flow] = heads.sort((one, other) => one.length - other.length);
    expect(check).toEqual(localHeader);
    expect(flow?.subarray(12, 24).toString('hex')).toBe('2111000c7f0000017f000001');
    expect(flow?.readUInt16BE(26)).toBe(port);
  });

  test('sources that are not admitted are reset and reported', async () => {
    const denied: object[] = [];
    const none = { tcp: ['203.0.113.0/24'], udp: [] };
    const one = await tcpTarget('a');
    const options = { onDenied: (denial: object) => void denied.push(denial) };
    const outer = await serve(configOf([one], {}, { admittedCidrs: none }), options);
    expect(await exchange(outer.port, 'x')).toBe('ECONNRESET');
    // The target's own groups are asked where it would see the client's address.
    const inner = await serve(configOf([{ ...one, admittedCidrs: none }]), options);
    expect(await exchange(inner.port, 'x')).toBe('ECONNRESET');
    expect(denied).toEqual([
      { listenerArn, transport: 'tcp', source: '127.0.0.1' },
      { listenerArn, transport: 'tcp', source: '127.0.0.1', target: '127.0.0.1' },
    ]);
  });

  test('a node uses targets of its own zone unless it may cross', async () => {
    const nodes = [
      { zone: 'a', address: '127.0.0.1' },
      { zone: 'b', address: '127.0.0.2' },
    ];
    const targets = [
      { ...(await tcpTarget('a')), zone: 'a' },
      { ...(await tcpTarget('b')), zone: 'b' },
    ];
    const balancer = createNetworkBalancer();
    ending.push(() => balancer.close());
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      balancer.acceptStream(listenerArn, socket, { node: '127.0.0.2' }),
    );
    await listening(server);
    ending.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const names = async () =>
      new Set(await Promise.all(Array.from({ length: 24 }, () => exchange(port, ''))));
    balancer.apply({ ...configOf(targets, { crossZone: false }), nodes });
    expect(await names()).toEqual(new Set(['b\n']));
    balancer.apply({ ...configOf(targets), nodes });
    expect(await names()).toEqual(new Set(['a\n', 'b\n']));
  });
});

describe('datagrams', () => {
  async function udpTarget(name: string): Promise<NetworkTargetConfig> {
    const socket = createSocket('udp4');
    socket.on('message', (message, peer) =>
      socket.send(`${name} ${peer.port} ${String(message)}`, peer.port, peer.address),
    );
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
    ending.push(() => void socket.close());
    return target(socket.address().port);
  }
  /** A client whose answers come one by one. */
  async function client(balancer: ReturnType<typeof createNetworkBalancer>, port: number) {
    const answers: string[] = [];
    const waiting: ((answer: string) => void)[] = [];
    return (text: string): Promise<string> =>
      new Promise((resolve) => {
        waiting.push(resolve);
        balancer.acceptDatagram(
          listenerArn,
          Buffer.from(text),
          { address: '127.0.0.1', port },
          'host',
          (answer) => {
            answers.push(String(Buffer.from(answer)));
            waiting.shift()?.(answers.at(-1)!);
          },
        );
      });
  }

  test('of one flow keep their target and their source port', async () => {
    const targets = [await udpTarget('a'), await udpTarget('b')];
    const { balancer } = await serve(configOf(targets));
    const names = new Set<string>();
    for (let port = 1000; port < 1016; port++) {
      const ask = await client(balancer, port);
      const [first, second] = [await ask('1'), await ask('2')];
      expect(second.replace(/2$/, '1')).toBe(first);
      names.add(first.split(' ')[0]!);
    }
    expect(names).toEqual(new Set(['a', 'b']));
    expect(balancer.flows).toBe(16);
  });

  test('flows that are quiet for two minutes end', async () => {
    const clock = manualClock();
    const { balancer } = await serve(configOf([await udpTarget('a')]), { clock });
    const ask = await client(balancer, 1000);
    const before = await ask('1');
    await clock.advance(119_000);
    expect(await ask('1')).toBe(before);
    await clock.advance(121_000);
    expect(balancer.flows).toBe(0);
    expect(await ask('1')).toMatch(/^a \d+ 1$/);
  });

  test('are dropped where groups do not admit them or no target is there', async () => {
    const denied: object[] = [];
    const one = await udpTarget('a');
    const { balancer } = await serve(
      configOf([{ ...one, admittedCidrs: { tcp: [], udp: ['10.0.0.0/8'] } }]),
      { onDenied: (denial) => void denied.push(denial) },
    );
    const send = (address: string) =>
      balancer.acceptDatagram(listenerArn, Buffer.from('x'), { address, port: 9 }, 'host', () => {});
    send('192.0.2.1');
    expect(balancer.flows).toBe(0);
    expect(denied).toEqual([{ listenerArn, transport: 'udp', source: '192.0.2.1', target: '127.0.0.1' }]);
    send('10.1.1.1');
    expect(balancer.flows).toBe(1);
    balancer.apply(configOf([]));
    send('10.1.1.2');
    expect(balancer.flows).toBe(1);
  });
});
