import { createSocket } from 'node:dgram';
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../common/clock.ts';
import { createHostPorts } from '../host-ports.ts';
import { namespaceOf } from '../network/namespace.ts';
import { liveNetwork, type LiveNetwork } from '../network/testing/live-network.ts';
import { groupOf, interfaceOf, topologyOf } from '../network/testing/topology.ts';
import { openStore, type Store } from '../store/store.ts';
import { startForwards, type Forwards, type ForwardTask } from './forwards.ts';
import type { ForwardRequest } from './model.ts';

// Two tasks whose groups let nobody in, and a program in each.
const folder = mkdtempSync(join(tmpdir(), 'fairway-forward-'));
const outfile = join(folder, 'forward.mjs');
let net: LiveNetwork;

beforeAll(async () => {
  const entryPoints = [fileURLToPath(new URL('main.ts', import.meta.url))];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  net = await liveNetwork();
  await net.set(
    topologyOf({
      securityGroups: [groupOf('sg-closed', { egress: [] }), groupOf('sg-client')],
      interfaces: [
        interfaceOf('one', '10.0.1.5', ['sg-closed']),
        interfaceOf('two', '10.0.1.6', ['sg-closed']),
        interfaceOf('client', '10.0.1.7', ['sg-client']),
      ],
    }),
  );
  await serve('one');
  await serve('two');
});
afterAll(async () => {
  await net?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Says its name and the asker's address, then echoes until the asker has closed its half. */
async function serve(name: string): Promise<void> {
  const inside = net.netd.spawn(
    [
      process.execPath,
      '-e',
      `const name = process.argv[1];
       const udp = require('node:dgram').createSocket('udp4');
       udp.on('message', (text, peer) => udp.send(name + ' ' + peer.address + ' ' + text, peer.port, peer.address));
       udp.bind(53, '0.0.0.0', () => require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
         socket.on('error', () => {});
         socket.write(name + ' ' + socket.remoteAddress + ' ');
         socket.pipe(socket);
       }).listen(5432, '0.0.0.0', () => console.log('listening')));`,
      name,
    ],
    { network: namespaceOf(name) },
  );
  await new Promise<void>((resolve) => inside.onStdout(() => resolve()));
}
const task = (name: string, address: string): ForwardTask => ({ address, network: namespaceOf(name) });
const both = [task('one', '10.0.1.5'), task('two', '10.0.1.6')];

interface World {
  stacks: string[];
  tasks: readonly ForwardTask[];
  /** Programs in the tasks' namespaces. */
  spawned?: number;
  ended?: number;
}
function start(store: Store, world: World, idleMilliseconds = 60_000) {
  return startForwards({
    store,
    clock: systemClock,
    log: () => {},
    netd: {
      spawn(argv, options) {
        const inside = net.netd.spawn(argv, options);
        world.spawned = (world.spawned ?? 0) + 1;
        void inside.exited.then(() => (world.ended = (world.ended ?? 0) + 1));
        return inside;
      },
    },
    hostPorts: createHostPorts(store),
    argv: [process.execPath, outfile],
    idleMilliseconds,
    stacks: async () => world.stacks,
    tasks: async () => world.tasks,
    networks: () => new Set(world.tasks.map(({ network }) => network)),
  });
}
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
const forward = async (more: Partial<ForwardRequest> = {}): Promise<ForwardRequest> => ({
  service: 'db',
  containerPort: 5432,
  hostPort: await freePort(),
  protocol: 'tcp',
  ...more,
});
const ask = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('end', () => resolve(received));
    socket.end(text);
  });
const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 10));
};
async function using(forwards: Forwards, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    await forwards.stop();
  }
}

test('a port of the host leads into running tasks in turn, past groups that let nobody in', async () => {
  expect(await net.connect('client', '10.0.1.5', 5432)).toBe('timeout');
  const forwards = start(openStore(), { stacks: ['shop'], tasks: both });
  await using(forwards, async () => {
    const wanted = await forward();
    const [made] = await forwards.set('shop', [wanted]);
    expect(made).toEqual({ ...wanted, listeningPort: wanted.hostPort });
    const big = 'x'.repeat(1 << 20);
    expect(await ask(wanted.hostPort, big)).toBe(`one 10.0.1.5 ${big}`);
    expect(await ask(wanted.hostPort, 'hello')).toBe('two 10.0.1.6 hello');
    expect(await ask(wanted.hostPort, 'again')).toBe('one 10.0.1.5 again');
  });
});

test('datagrams of one client go to one task and come back', async () => {
  const forwards = start(openStore(), { stacks: ['shop'], tasks: both });
  await using(forwards, async () => {
    const wanted = await forward({ containerPort: 53, protocol: 'udp' });
    await forwards.set('shop', [wanted]);
    const socket = createSocket('udp4');
    const answers: string[] = [];
    socket.on('message', (answer) => answers.push(String(answer)));
    const again = setInterval(() => socket.send('hello', wanted.hostPort, '127.0.0.1'), 20);
    await until(() => answers.length >= 3);
    clearInterval(again);
    socket.close();
    expect(new Set(answers)).toEqual(new Set(['one 10.0.1.5 hello']));
  });
});

test('without a running task, or where nothing listens, the connection ends', async () => {
  const world: World = { stacks: ['shop'], tasks: [] };
  const forwards = start(openStore(), world);
  await using(forwards, async () => {
    const [db, other] = [await forward(), await forward({ containerPort: 9 })];
    await forwards.set('shop', [db, other]);
    expect(await ask(db.hostPort, 'x')).toBe('ECONNRESET');
    world.tasks = both;
    expect(await ask(db.hostPort, 'x')).toMatch(/ x$/);
    expect(await ask(other.hostPort, 'x')).toBe('ECONNRESET');
  });
});

test('a taken port has a stand-in; what is no longer wanted closes; a restart opens the rest at the same place', async () => {
  const store = openStore();
  const world: World = { stacks: ['shop'], tasks: both };
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
  const { port } = taken.address() as AddressInfo;
  const first = start(store, world);
  const [db, cache] = [await forward({ hostPort: port }), await forward({ service: 'cache' })];
  const [made, other] = await first.set('shop', [db, cache]);
  expect(made?.listeningPort).toBeGreaterThanOrEqual(8000);
  await first.set('shop', [db]);
  expect(await ask(other!.listeningPort, 'x')).toBe('ECONNREFUSED');
  await first.stop();
  expect(await ask(made!.listeningPort, 'x')).toBe('ECONNREFUSED');

  const second = start(store, world);
  await using(second, async () => {
    await until(() => second.of('shop').length > 0);
    expect(second.of('shop')).toEqual([made]);
    expect(await ask(made!.listeningPort, 'x')).toMatch(/ x$/);
    // The stack is deleted.
    world.stacks = [];
    store.table('cloudformation/stacks').put('shop', {});
    await until(async () => (await ask(made!.listeningPort, 'x')) === 'ECONNREFUSED');
    expect(second.of('shop')).toEqual([]);
  });
  taken.close();
});

test('the program in a task’s namespace goes when it has nothing to carry, and comes back', async () => {
  const world: World = { stacks: ['shop'], tasks: [both[0]!] };
  const forwards = start(openStore(), world, 50);
  await using(forwards, async () => {
    const wanted = await forward();
    await forwards.set('shop', [wanted]);
    expect(await ask(wanted.hostPort, 'x')).toBe('one 10.0.1.5 x');
    await until(() => world.ended === 1);
    expect(await ask(wanted.hostPort, 'y')).toBe('one 10.0.1.5 y');
    expect(world.spawned).toBe(2);
  });
});
