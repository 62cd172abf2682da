import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { manualClock, scaledClock, type ManualClock } from '../../common/clock.ts';
import { createBalancer } from './balancer.ts';
import type { HealthReport, TrafficReport } from './protocol.ts';
import { configOf, listenerArn, type Config } from './testing.ts';

/**
 * What a simulated target does with a connection: answers with a code, refuses it, never says that it is connected, takes a request and
 * says nothing, or ends the connection once a request is there; or it says bytes of the test's choice.
 */
export type Behaviour =
  | number
  | 'refuses'
  | 'unreachable'
  | 'silent'
  | 'holds'
  | 'resets'
  | 'resets once'
  | 'upgrades'
  | { readonly says: string };

export interface Answer {
  readonly status: number | 'closed';
  /** The port of the target. */
  readonly by: number | undefined;
}
export interface SimulatedClient {
  request(method?: string): Promise<Answer>;
  /** Bytes of the test's choice. */
  write(text: string): void;
  /** The next answer to what was written. */
  readonly last: Promise<Answer>;
  readonly closed: boolean;
  hangUp(): void;
}
/** An application load balancer without a socket, under a clock that is moved by hand: what it decides, it decides at these times. */
export interface Simulation {
  readonly clock: ManualClock;
  readonly reports: readonly HealthReport[];
  readonly traffic: readonly TrafficReport[];
  /** When targets were looked at, in seconds since the start. */
  looks(port: number): readonly number[];
  apply(config: Config): void;
  behave(port: number, behaviour: Behaviour): void;
  /** Answers the requests that a target holds. */
  release(port: number): void;
  /** One request; settled once the clock has been moved as far as that takes. */
  request(method?: string): Promise<Answer>;
  /** A client that keeps its connection, and asks one thing after the other. */
  client(): SimulatedClient;
  /** `requests` requests, one after the other: port → how many it got, or the code. */
  share(requests: number): Promise<Readonly<Record<string, number>>>;
  /** Connections to a target that are open. */
  connections(port: number): number;
  seconds(): number;
  close(): void;
}

export function simulate(
  config: Config,
  first: Readonly<Record<number, Behaviour>> = {},
  timeScale = 1,
): Simulation {
  const clock = manualClock();
  const start = clock.now();
  const reports: HealthReport[] = [];
  const traffic: TrafficReport[] = [];
  const behaviours = new Map(Object.entries(first).map(([port, behaviour]) => [Number(port), behaviour]));
  const held = new Map<number, (() => void)[]>();
  const looked = new Map<number, number[]>();
  const open = new Map<number, Set<Line>>();
  const list = <Value>(map: Map<number, Value[]>, port: number) => {
    const values = map.get(port) ?? [];
    map.set(port, values);
    return values;
  };
  const seconds = () => (clock.now() - start) / 1000;

  function serve(port: number, line: Line, request: string): void {
    const behaviour = behaviours.get(port) ?? 200;
    if (request.includes('ELB-HealthChecker')) list(looked, port).push(seconds());
    const say = (status: number) =>
      line.write(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\nX-By: ${port}\r\n\r\n`);
    if (typeof behaviour === 'number') say(behaviour);
    else if (behaviour === 'holds') list(held, port).push(() => say(200));
    else if (behaviour === 'resets' || behaviour === 'resets once') {
      if (behaviour === 'resets once') behaviours.set(port, 200);
      line.resetAndDestroy();
    } else if (behaviour === 'upgrades')
      line.write('HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    else if (typeof behaviour === 'object') line.end(behaviour.says);
  }
  function dial({ port }: { readonly port: number }): Socket {
    const [near, far] = pair();
    const behaviour = behaviours.get(port) ?? 200;
    if (behaviour === 'refuses' || behaviour === 'unreachable')
      process.nextTick(() => near.destroy(broken(behaviour === 'refuses' ? 'ECONNREFUSED' : 'EHOSTUNREACH')));
    else if (behaviour !== 'silent') {
      const connections = open.get(port) ?? new Set();
      open.set(port, connections.add(far));
      far.on('close', () => connections.delete(far));
      process.nextTick(() => near.emit('connect'));
      let text = '';
      far.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          serve(port, far, text.slice(0, end));
          text = text.slice(end + 4);
        }
      });
    }
    return near.socket;
  }

  const balancer = createBalancer({
    clock: scaledClock(clock, timeScale),
    machine: clock,
    dial,
    onHealth: (report) => void reports.push(report),
    onTraffic: (report) => void traffic.push(report),
  });
  balancer.apply(configOf(config));

  function client(): SimulatedClient {
    const [near, far] = pair();
    balancer.accept(listenerArn, near.socket, { dialledPort: 80, fromHost: false });
    const waiting: ((answer: Answer) => void)[] = [];
    const early: Answer[] = [];
    const settle = (answer: Answer) => {
      const next = waiting.shift();
      if (next) next(answer);
      else early.push(answer);
    };
    const answered = () =>
      new Promise<Answer>((resolve) => {
        const known = early.shift();
        if (known) resolve(known);
        else waiting.push(resolve);
      });
    let text = '';
    far.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      text = text.slice(end + 4 + length);
      const by = /x-by: (\d+)/i.exec(head)?.[1];
      settle({ status: Number(head.slice(9, 12)), by: by === undefined ? undefined : Number(by) });
    });
    far.on('close', () => settle({ status: 'closed', by: undefined }));
    return {
      request(method = 'GET') {
        const answer = answered();
        far.write(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
        return answer;
      },
      write: (text) => void far.write(text),
      get last() {
        return answered();
      },
      get closed() {
        return far.destroyed;
      },
      hangUp: () => far.destroy(),
    };
  }
  async function request(method?: string): Promise<Answer> {
    const one = client();
    const answer = await one.request(method);
    one.hangUp();
    return answer;
  }
  return {
    clock,
    reports,
    traffic,
    looks: (port) => looked.get(port) ?? [],
    apply: (next) => balancer.apply(configOf(next)),
    behave: (port, behaviour) => void behaviours.set(port, behaviour),
    release(port) {
      for (const answer of list(held, port).splice(0)) answer();
    },
    request,
    client,
    async share(requests) {
      const shares: Record<string, number> = {};
      for (let count = 0; count < requests; count++) {
        const { by, status } = await request();
        shares[by ?? status] = (shares[by ?? status] ?? 0) + 1;
      }
      return shares;
    },
    connections: (port) => open.get(port)?.size ?? 0,
    seconds,
    close: () => balancer.close(),
  };
}

const broken = (code: string): Error => Object.assign(new Error(code), { code });

/** Two ends of a connection that is not one of the kernel's. */
function pair(): [Line, Line] {
  const [near, far] = [new Line(), new Line()];
  near.peer = far;
  far.peer = near;
  far.on('error', () => {});
  far.on('end', () => far.destroy());
  return [near, far];
}
class Line extends Duplex {
  peer: Line | undefined;
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 1;

  /** As much of one as the balancer asks for. */
  get socket(): Socket {
    return this as unknown as Socket;
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.peer?.push(chunk);
    done();
  }
  override _final(done: () => void): void {
    this.peer?.push(null);
    done();
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.peer && !this.peer.destroyed && !this.peer.readableEnded) this.peer.push(null);
    done(error);
  }
  setNoDelay(): this {
    return this;
  }
  destroySoon(): void {
    this.end(() => this.destroy());
  }
  resetAndDestroy(): this {
    this.peer?.destroy(broken('ECONNRESET'));
    return this.destroy();
  }
}
