import type { Socket } from 'node:net';
import type { Target } from '../targets/target.ts';
import { nodeFor, type Core } from './core.ts';

/** `expired`: the deregistration delay is over; `timeout`: no connection or no answer in time. */
export type LossCause = 'end' | 'error' | 'timeout' | 'expired';

/** Who uses a connection at the moment. */
export interface ConnectionUser {
  onTargetData(chunk: Buffer): void;
  onTargetDrain(): void;
  /** The target has said all it has to say; true where it is still listened to. */
  onTargetEnd(): boolean;
  /** The connection ended; `cause` is `end` when the target closed it in order. */
  onTargetLost(connection: TargetConnection, cause: LossCause): void;
}

/** How many free connections are kept per target. */
const idleLimit = 256;
/** Under the eager pace a request that must not be sent twice uses a kept connection only this long after its last use (milliseconds). */
const freshness = 1000;

/** One connection to a target: free in its pool, or carrying one request at a time. */
export class TargetConnection {
  readonly socket: Socket;
  readonly target: Target;
  /** Whether it has carried a request before this one. */
  reused = false;
  connecting = true;
  readonly dialled: number;
  /** When a free connection is given up. */
  expires = 0;
  #user: ConnectionUser | undefined;
  #lastUsed = 0;
  readonly #core: Core;

  constructor(core: Core, target: Target) {
    this.#core = core;
    this.target = target;
    this.dialled = core.tick;
    const socket = core.dial({
      address: target.address,
      port: target.port,
      localAddress: nodeFor(core.nodes, target.zone),
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.connecting = false;
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.#user) this.#user.onTargetData(chunk);
      else this.#forget();
    });
    socket.on('drain', () => this.#user?.onTargetDrain());
    socket.on('end', () => {
      if (!this.#user?.onTargetEnd()) this.#lost('end');
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#lost(error.code === 'ETIMEDOUT' ? 'timeout' : 'error'),
    );
    socket.on('close', () => this.#lost('error'));
  }

  /** A free connection to the target, or a new one. */
  static take(core: Core, target: Target, repeatable: boolean, fresh: boolean): TargetConnection {
    const kept = fresh ? undefined : target.idle.at(-1);
    const tooOld = core.pace === 'eager' && !repeatable && kept && core.tick - kept.#lastUsed > freshness;
    if (kept === undefined || tooOld) return new TargetConnection(core, target);
    target.idle.pop();
    kept.reused = true;
    return kept;
  }

  use(user: ConnectionUser): void {
    this.#user = user;
    this.target.busy.add(this);
  }

  /** Back into the pool after a complete exchange. */
  release(keepAliveSeconds: number | undefined): void {
    this.#user = undefined;
    this.target.busy.delete(this);
    const { target, socket } = this;
    if (target.draining || socket.destroyed || target.idle.length >= idleLimit) {
      this.destroy();
      return;
    }
    const tick = this.#core.tick;
    const { idleTimeoutSeconds } = this.#core.settings;
    // Given up a second before the target would: a request must not meet the end of the connection. On AWS it can:
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html (idle timeout)
    const hinted = this.#core.pace === 'eager' ? (keepAliveSeconds ?? Infinity) - 1 : Infinity;
    const seconds = Math.min(idleTimeoutSeconds, hinted);
    this.#lastUsed = tick;
    this.expires = tick + seconds * 1000;
    if (seconds <= 0) this.destroy();
    else target.idle.push(this);
    if (socket.isPaused()) socket.resume();
  }

  /** Ends the connection; its user is told why. */
  abort(cause: 'timeout' | 'expired'): void {
    this.#lost(cause);
  }

  /** Ends the connection without telling anyone. */
  destroy(): void {
    this.#user = undefined;
    this.target.busy.delete(this);
    this.socket.destroy();
  }

  /** Ends the connection after what was written to it has left. */
  end(): void {
    this.#user = undefined;
    this.target.busy.delete(this);
    this.socket.destroySoon();
  }

  #lost(cause: LossCause): void {
    const user = this.#user;
    if (user === undefined) this.#forget();
    else {
      this.#user = undefined;
      this.target.busy.delete(this);
      user.onTargetLost(this, cause);
      this.socket.destroy();
    }
  }

  #forget(): void {
    const index = this.target.idle.indexOf(this);
    if (index >= 0) this.target.idle.splice(index, 1);
    this.socket.destroy();
  }
}
