import type { Socket } from 'node:net';
import { BodyReader } from '../http/body-reader.ts';
import { FAILED, HeadScanner, MORE, requestLimits } from '../http/head-scanner.ts';
import { serialize, type Reply } from '../http/replies.ts';
import { parseRequestHead, type RequestHead } from '../http/request-head.ts';
import type { Listener } from '../routing/listener.ts';
import type { Stickiness } from '../routing/stickiness.ts';
import type { Target } from '../targets/target.ts';
import { countError } from '../traffic.ts';
import type { Core } from './core.ts';
import { forwardHead, hostFor, tooManyForwarders, type Peer } from './forward-head.ts';
import { Measure } from './measure.ts';
import { failure, ownReply } from './own-replies.ts';
import { Replay } from './replay.ts';
import { ResponseRelay, type RelayHost } from './response-relay.ts';
import { TargetConnection, type ConnectionUser, type LossCause } from './target-connection.ts';
import { span, writeJoined } from './write.ts';

/**
 * `head`: waiting for a request or in the middle of its head. `body`: a request's body is coming in. `answer`: the request is complete,
 * its response is not. `tunnel`: both sides are one connection. `closing`: the last answer is out, what still comes is thrown away.
 */
type Phase = 'head' | 'body' | 'answer' | 'tunnel' | 'closing' | 'closed';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (504: connect) */
const connectTimeout = 10_000;
/** How long a client may go on sending after its last answer before its connection is cut (milliseconds). */
const closingTime = 2000;

/** One client's connection: its requests one after the other, each with the connection to the target that answers it. */
export class ClientConnection implements ConnectionUser, RelayHost {
  readonly socket: Socket;
  readonly listener: Listener;
  readonly #core: Core;
  readonly #peer: Peer;
  readonly #dialledPort: number;
  readonly #opened: number;
  readonly #onClosed: (connection: ClientConnection) => void;
  readonly #scanner = new HeadScanner(requestLimits);
  readonly #body = new BodyReader();
  readonly #relay: ResponseRelay;
  readonly #replay = new Replay();
  #phase: Phase = 'head';
  #active: number;
  #head: RequestHead | undefined;
  #keepAlive = true;
  #answered = true;
  #target: TargetConnection | undefined;
  /** Head on its way to the target, held back a moment to leave together with the body. */
  #forward = '';
  /** What came behind the request that is being answered. */
  #ahead: Buffer | undefined;
  #stickiness: Stickiness | undefined;
  readonly #measure = new Measure();

  constructor(
    core: Core,
    listener: Listener,
    socket: Socket,
    dialledPort: number,
    onClosed: (connection: ClientConnection) => void,
  ) {
    this.#core = core;
    this.listener = listener;
    this.socket = socket;
    this.#dialledPort = dialledPort;
    this.#onClosed = onClosed;
    this.#peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    this.#opened = this.#active = core.tick;
    this.#relay = new ResponseRelay(socket, this);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.allowHalfOpen = true;
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.#gone());
    socket.on('close', () => this.#gone());
  }

  /** Whether it could be closed without anyone noticing. */
  get idle(): boolean {
    return this.#phase === 'head' && !this.#scanner.begun;
  }

  /** Looks at the time; called about twice a second. */
  sweep(tick: number): void {
    if (this.#phase === 'closed') return;
    const quiet = tick - this.#active;
    if (this.#phase === 'closing') {
      if (quiet >= closingTime) this.close();
      return;
    }
    const target = this.#target;
    if (target?.connecting && tick - target.dialled >= connectTimeout) {
      target.abort('timeout');
      return;
    }
    if (this.idle && this.listener.removed) this.close();
    if (quiet < this.#core.settings.idleTimeoutSeconds * 1000) return;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (408, 504)
    if (this.idle || this.#phase === 'tunnel' || (this.#relay.started && !this.#answered)) this.close();
    else if (this.#phase === 'answer') target?.abort('timeout');
    else {
      this.#dropTarget();
      this.#refuse(408);
    }
  }

  close(): void {
    this.#gone();
  }

  #onData(chunk: Buffer): void {
    if (this.#phase === 'closing') return;
    this.#active = this.#core.tick;
    switch (this.#phase) {
      case 'head':
      case 'body':
        this.#consume(chunk);
        break;
      case 'answer':
        this.#ahead = this.#ahead === undefined ? chunk : Buffer.concat([this.#ahead, chunk]);
        this.socket.pause();
        break;
      case 'tunnel':
        if (this.#target?.socket.write(chunk) === false) this.socket.pause();
        break;
      default:
    }
  }

  #consume(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#phase === 'head') {
        at = this.#scanner.push(chunk, at);
        if (at === MORE) return;
        if (at === FAILED) {
          // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (414, 400)
          this.#refuse(this.#scanner.failure === 'first-line-too-long' ? 414 : 400);
          return;
        }
        const head = parseRequestHead(this.#scanner.text);
        if ('refused' in head) {
          this.#refuse(head.refused);
          return;
        }
        this.#begin(head, at === chunk.length);
      } else if (this.#phase === 'body') {
        at = this.#body.read(chunk, at, this.#sendBody);
        if (this.#body.failed) {
          this.#dropTarget();
          if (this.#answered || this.#relay.started) this.close();
          else this.#refuse(400);
          return;
        }
        if (this.#body.done) this.#requestComplete();
      } else if (this.#phase === 'answer') {
        this.#ahead = chunk.subarray(at);
        this.socket.pause();
        return;
      } else return;
    }
    this.#flushHead();
  }

  #begin(head: RequestHead, alone: boolean): void {
    this.#head = head;
    this.#answered = false;
    this.#keepAlive = head.keepAlive && !head.ambiguous;
    this.#body.start(head.framing, head.length);
    this.#phase = head.framing === 'none' ? 'answer' : 'body';
    this.#relay.begin({ toHead: head.method === 'HEAD', minor: head.minor, websocket: head.websocket });
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html (Expect)
    if (head.expectsContinue && alone) this.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
    if (tooManyForwarders(head.forwardedFor)) return this.#reply(failure(this.#core, 463));
    const action = this.listener.route({ head, source: this.#peer.address });
    if (action?.kind === 'forward') this.#forwardTo(action.groups[0]?.arn, head);
    else this.#reply(ownReply(this.#core, action, head, this.#dialledPort));
  }

  #forwardTo(arn: string | undefined, head: RequestHead): void {
    const group = arn === undefined ? undefined : this.#core.groups.get(arn);
    const target = group?.sticky(head.text, this.#core.machine.now()) ?? group?.pick();
    if (!group || !target) return this.#reply(failure(this.#core, 503));
    const { settings, dnsName, machine } = this.#core;
    const host = hostFor(
      head.host ?? dnsName,
      settings.preserveHostHeader,
      this.listener.port,
      this.#dialledPort,
    );
    this.#forward = forwardHead(head, settings, this.#peer, host, this.#dialledPort, machine.now());
    this.#stickiness = group.stickiness;
    this.#measure.forwarded(group.counts);
    this.#replay.begin(head, this.#forward, group, this.#core.pace);
    this.#take(target, false);
    if (head.framing === 'none') this.#flushHead();
  }

  #take(target: Target, fresh: boolean): TargetConnection {
    const connection = TargetConnection.take(this.#core, target, this.#replay.repeatable, fresh);
    connection.use(this);
    this.#target = connection;
    return connection;
  }

  #flushHead(): void {
    if (this.#forward === '') return;
    const head = this.#forward;
    this.#forward = '';
    if (this.#target && !writeJoined(this.#target.socket, head)) this.socket.pause();
  }

  readonly #sendBody = (chunk: Buffer, start: number, end: number): void => {
    const target = this.#target;
    if (!target) return;
    this.#replay.add(chunk, start, end);
    const head = this.#forward;
    this.#forward = '';
    const accepted =
      head === ''
        ? target.socket.write(span(chunk, start, end))
        : writeJoined(target.socket, head, chunk, start, end);
    if (!accepted) this.socket.pause();
  };

  #requestComplete(): void {
    this.#flushHead();
    if (this.#answered) this.#finish();
    else this.#phase = 'answer';
  }

  onTargetData(chunk: Buffer): void {
    this.#active = this.#core.tick;
    if (this.#phase !== 'tunnel') this.#relay.push(chunk);
    else if (!this.socket.write(chunk)) this.#target?.socket.pause();
  }

  onTargetDrain(): void {
    this.#active = this.#core.tick;
    if (this.#ahead === undefined) this.socket.resume();
  }

  ownFields(kept: string): string {
    const { text } = this.#head ?? {};
    const target = this.#target?.target;
    if (this.#stickiness === undefined || text === undefined || target === undefined) return '';
    return this.#stickiness.fields(target, text, kept, this.#core.machine.now());
  }

  onFull(): void {
    this.#target?.socket.pause();
  }

  /** One direction of a tunnel ends alone; anything else has nothing more to say without its client. */
  #onEnd(): void {
    if (this.#phase === 'tunnel') this.#target?.socket.end();
    else this.#gone();
  }

  onTargetEnd(): boolean {
    if (this.#phase !== 'tunnel') return false;
    this.socket.end();
    return true;
  }

  #onDrain(): void {
    this.#active = this.#core.tick;
    this.#target?.socket.resume();
  }

  onTargetLost(connection: TargetConnection, cause: LossCause): void {
    this.#target = undefined;
    if (this.#phase === 'tunnel') {
      this.#endAfterWrites();
      return;
    }
    if (cause === 'end' && this.#relay.end()) return;
    if (this.#relay.started) {
      // The client must see that the body is cut short.
      this.close();
      return;
    }
    if (connection.connecting && cause !== 'expired') this.#measure.notConnected();
    const stale = connection.reused && !this.#relay.touched && (cause === 'end' || cause === 'error');
    const next = stale ? this.#replay.next(connection) : undefined;
    if (next === undefined) {
      this.#forward = '';
      this.#reply(failure(this.#core, cause === 'timeout' ? 504 : 502));
      return;
    }
    this.#replay.send(this.#take(next, true).socket);
    if (this.#ahead === undefined && this.socket.isPaused()) this.socket.resume();
  }

  onBegun(status: number): void {
    this.#measure.answered(status);
  }

  keepsAlive(): boolean {
    const expired = this.#core.tick - this.#opened >= this.#core.settings.clientKeepAliveSeconds * 1000;
    if (expired || this.listener.removed || this.#phase === 'body') this.#keepAlive = false;
    return this.#keepAlive;
  }

  onMalformed(): void {
    this.#dropTarget();
    if (this.#relay.started) this.close();
    else this.#reply(failure(this.#core, 502));
  }

  onSwitched(rest: Buffer): void {
    this.#phase = 'tunnel';
    this.#answered = true;
    if (this.#target) this.#target.socket.allowHalfOpen = true;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (rest.length > 0) this.socket.write(rest);
    if (ahead !== undefined) this.#target?.socket.write(ahead);
    this.socket.resume();
  }

  onComplete(reusable: boolean, keepAliveSeconds: number | undefined): void {
    const target = this.#target;
    this.#target = undefined;
    this.#answered = true;
    this.#forward = '';
    const complete = this.#phase !== 'body';
    if (target && reusable && complete && this.#head?.ambiguous === false) target.release(keepAliveSeconds);
    else target?.destroy();
    if (!this.#relay.delimited) this.#keepAlive = false;
    if (complete) this.#finish();
    else this.#endAfterWrites();
  }

  /** An answer of the load balancer's own. A body that is still coming in is read and thrown away. */
  #reply(reply: Reply): void {
    const head = this.#head;
    this.#answered = true;
    const keepAlive = this.#keepAlive && !this.listener.removed;
    this.#keepAlive = keepAlive;
    this.socket.write(serialize(reply, keepAlive, head?.method === 'HEAD', this.#core.date));
    if (this.#phase === 'answer') this.#finish();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  /** Answers what is not a request, or not one that can be trusted to end where it seems to, and closes. */
  #refuse(status: number): void {
    this.#answered = true;
    this.socket.write(serialize(failure(this.#core, status), false, false, this.#core.date));
    this.#endAfterWrites();
  }

  /** Both request and response are complete. */
  #finish(): void {
    if (!this.#keepAlive) {
      this.#endAfterWrites();
      return;
    }
    this.#phase = 'head';
    this.#head = undefined;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (this.socket.isPaused()) this.socket.resume();
    if (ahead !== undefined) this.#consume(ahead);
  }

  /** Closes such that what was written arrives: a reset would take it from the client's hands. */
  #endAfterWrites(): void {
    this.#phase = 'closing';
    this.#active = this.#core.tick;
    this.#ahead = undefined;
    this.socket.end();
    if (this.socket.isPaused()) this.socket.resume();
  }

  #dropTarget(): void {
    this.#target?.destroy();
    this.#target = undefined;
    this.#forward = '';
  }

  /** The client has left (460 in AWS's logs), or is made to. */
  #gone(): void {
    if (this.#phase === 'closed') return;
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html (460)
    if (!this.#answered && this.#phase !== 'tunnel' && !this.#relay.started)
      countError(this.#core.counts, 460);
    if (this.#phase === 'tunnel') this.#target?.end();
    else this.#target?.destroy();
    this.#target = undefined;
    this.#phase = 'closed';
    this.#ahead = undefined;
    this.socket.destroy();
    this.#onClosed(this);
  }
}
