import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
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
  wait,
}: Extract<Order, { readonly type: 'probe' }>): Promise<Record<number, string>> {
  const answers: Record<number, string> = {};
  const udp = packets.filter(({ protocol }) => protocol === 'udp');
  await Promise.all([
    ...packets
      .filter(({ protocol }) => protocol === 'tcp')
      .map(async (packet) => {
        const name = await dial(packet, wait);
        if (name) answers[packet.id] = name;
      }),
    ...[...new Set(udp.map(({ sourcePort }) => sourcePort))].map((sourcePort) =>
      ask(
        udp.filter((packet) => packet.sourcePort === sourcePort),
        sourcePort,
        wait,
        answers,
      ),
    ),
  ]);
  return answers;
}

function dial({ address, port, sourcePort }: Packet, wait: number): Promise<string> {
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

/** One socket a source port; the replies carry what was asked. */
async function ask(
  packets: readonly Packet[],
  sourcePort: number,
  wait: number,
  answers: Record<number, string>,
): Promise<void> {
  const socket: DatagramSocket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(sourcePort, '0.0.0.0', resolve);
  });
  let missing = packets.length;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, wait);
    socket.on('error', () => {});
    socket.on('message', (answer) => {
      const [id, name = ''] = answer.toString().split(' ');
      answers[Number(id)] = name;
      missing -= 1;
      if (missing > 0) return;
      clearTimeout(timer);
      resolve();
    });
    for (const { id, address, port } of packets) socket.send(String(id), port, address, () => {});
  });
  socket.close();
}
