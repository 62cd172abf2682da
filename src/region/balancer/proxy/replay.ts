import type { Socket } from 'node:net';
import type { RequestHead } from '../http/request-head.ts';
import type { BalancerPace } from '../protocol.ts';
import type { Target } from '../targets/target.ts';
import type { TargetGroup } from '../targets/target-group.ts';
import type { TargetConnection } from './target-connection.ts';

/** Body bytes that are kept for sending a request once more. */
const bodyLimit = 65_536;
const repeatableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * Under the eager pace alone; on AWS a request that is outstanding when the target closes the connection gets 502:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 *
 * A kept connection may have been closed by the target while the request was on its way. When nothing of the response has come, a
 * request that may be sent twice (RFC 9110, 9.2.2) goes out once more on a fresh connection; any other only when nothing of it was sent.
 */
export class Replay {
  repeatable = false;
  #head = '';
  /** Absent under AWS's pace: nothing is sent twice. */
  #group: TargetGroup | undefined;
  #body: Buffer[] = [];
  #size = 0;

  begin(head: RequestHead, forward: string, group: TargetGroup, pace: BalancerPace): void {
    this.repeatable = repeatableMethods.has(head.method) && !head.websocket;
    this.#head = forward;
    this.#group = pace === 'eager' ? group : undefined;
    if (this.#body.length > 0) this.#body = [];
    this.#size = 0;
  }

  add(chunk: Buffer, start: number, end: number): void {
    this.#size += end - start;
    if (!this.repeatable || this.#size > bodyLimit) this.#body = [];
    else this.#body.push(Buffer.from(chunk.subarray(start, end)));
  }

  /** The target to try anew, if the request may be sent again. */
  next(lost: TargetConnection): Target | undefined {
    const unsent = this.#size === 0 && lost.socket.errored !== null && isUnsent(lost.socket.errored);
    if (!unsent && (!this.repeatable || this.#size > bodyLimit)) return undefined;
    return this.#group?.pick();
  }

  send(socket: Socket): void {
    socket.write(this.#head, 'latin1');
    for (const chunk of this.#body) socket.write(chunk);
  }
}

/** The kernel had already been told of the end of the connection and took nothing of what was written. */
const isUnsent = (error: Error): boolean => 'code' in error && error.code === 'EPIPE';
