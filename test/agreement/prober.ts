import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import type { Order, Packet, Report } from './protocol.ts';

/** Stands in the namespace of one interface: it answers with its name on every port, and dials on command. */
if (!process.send) throw new Error('the prober speaks over IPC');
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  const order = message as Order;
  if (order.type === 'listen') return void listen(order).then(() => report({ type: 'ready' }));
  void probe(order).then((answers) => report({ type: 'answers', round: order.round, answers }));
});

function report(message: Report): void {
  process.send?.(message);
}

async function listen({ name, ports }: Extract<Order, { readonly type: 'listen' }>): Promise<void> {
  await Promise.all(
    ports.flatMap((port) => [
      new Promise<void>((resolve, reject) => {
        const server = createServer((socket) => {
          socket.on('error', () => {});
          socket.end(name);
        });
        server.once('error', reject);
        server.listen({ port, host: '0.0.0.0', backlog: 1024 }, resolve);
      }),
      new Promise<void>((resolve, reject) => {
        const socket = createSocket('udp4');
        socket.once('error', reject);
        socket.on('message', (question, { port: from, address }) => {
          socket.send(`${question.toString()} ${name}`, from, address, () => {});
        });
        socket.bind(port, '0.0.0.0', resolve);
      }),
    ]),
  );
}

/** The name of who answered each packet; nothing where nobody did. */
async function probe({
  packets,
}: Extract<Order, { readonly type: 'probe' }>): Promise<Record<number, string>> {
  const udp = packets.filter(({ protocol }) => protocol === 'udp');
  const sockets = new Map<number, Asker>();
  for (const { sourcePort } of udp)
    if (!sockets.has(sourcePort)) sockets.set(sourcePort, await asker(sourcePort));
  const answers = await Promise.all(
    packets.map(async (packet) => {
      const name = await (packet.protocol === 'tcp'
        ? dial(packet)
        : sockets.get(packet.sourcePort)?.ask(packet));
      return [packet.id, name ?? ''] as const;
    }),
  );
  for (const { close } of sockets.values()) close();
  return Object.fromEntries(answers.filter(([, name]) => name !== ''));
}

function dial({ address, port, sourcePort, wait }: Packet): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localPort: sourcePort });
    let text = '';
    const end = (answer: string) => {
      clearTimeout(timer);
      // A socket that is still connecting would be reset only once it has come through.
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(''), wait);
    socket.on('data', (chunk) => void (text += chunk.toString()));
    socket.on('end', () => end(text));
    socket.on('error', (error: NodeJS.ErrnoException) => end(`!${error.code}`));
  });
}

interface Asker {
  ask(packet: Packet): Promise<string>;
  close(): void;
}

/** One UDP socket a source port; the replies carry what was asked. */
async function asker(sourcePort: number): Promise<Asker> {
  const socket = createSocket('udp4');
  const waiting = new Map<number, (name: string) => void>();
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(sourcePort, '0.0.0.0', resolve);
  });
  socket.on('error', () => {});
  socket.on('message', (answer) => {
    const [id, name = ''] = answer.toString().split(' ');
    waiting.get(Number(id))?.(name);
  });
  return {
    ask: ({ id, address, port, wait }) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(''), wait);
        waiting.set(id, (name) => {
          clearTimeout(timer);
          resolve(name);
        });
        socket.send(String(id), port, address, () => {});
      }),
    close: () => void socket.close(),
  };
}
