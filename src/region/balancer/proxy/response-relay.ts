import type { Socket } from 'node:net';
import { BodyReader } from '../http/body-reader.ts';
import { FAILED, HeadScanner, MORE, responseLimits } from '../http/head-scanner.ts';
import { parseResponseHead, type ResponseHead } from '../http/response-head.ts';
import { span, writeJoined } from './write.ts';

/** What the relay needs to know of the request that is being answered. */
export interface Answered {
  readonly toHead: boolean;
  readonly minor: 0 | 1;
  readonly websocket: boolean;
}
export interface RelayHost {
  /** The head of the target's response is there. */
  onBegun(status: number): void;
  /** Decides, as the head is about to go out, whether the client's connection stays open after it. */
  keepsAlive(): boolean;
  /** Further fields of the load balancer's own, given those of the target. */
  ownFields(kept: string): string;
  /** The client's socket is full; call back on its `drain`. */
  onFull(): void;
  onSwitched(rest: Buffer): void;
  onComplete(reusable: boolean, keepAliveSeconds: number | undefined): void;
  onMalformed(): void;
}

/** Carries the response of a target to the client as it comes. One relay serves a client connection, response after response. */
export class ResponseRelay {
  /** Whether anything of the response has been sent to the client. */
  started = false;
  /** Whether anything of the response has come from the target. */
  touched = false;
  /** Whether the client can tell the end of this response without the end of the connection. */
  delimited = true;
  readonly #socket: Socket;
  readonly #host: RelayHost;
  readonly #scanner = new HeadScanner(responseLimits);
  readonly #body = new BodyReader();
  #head: ResponseHead | undefined;
  #pending = '';
  #answered: Answered = { toHead: false, minor: 1, websocket: false };

  constructor(socket: Socket, host: RelayHost) {
    this.#socket = socket;
    this.#host = host;
  }

  begin(answered: Answered): void {
    this.#answered = answered;
    this.#head = undefined;
    this.started = false;
    this.touched = false;
    this.delimited = true;
    this.#scanner.reset();
  }

  push(chunk: Buffer): void {
    this.touched = true;
    let at = 0;
    while (this.#head === undefined) {
      at = this.#scanner.push(chunk, at);
      if (at === MORE) return;
      const head = at === FAILED ? undefined : parseResponseHead(this.#scanner.text, this.#answered.toHead);
      if (head === undefined) {
        this.#host.onMalformed();
        return;
      }
      if (head.status === 101) {
        this.#switch(head, chunk.subarray(at));
        return;
      }
      // Interim answers end here: the load balancer has answered 100 itself.
      if (head.status >= 200) this.#begun(head);
    }
    this.#relay(chunk, at);
  }

  /** The target closed the connection. True when that is how the body ends. */
  end(): boolean {
    if (this.#head?.framing !== 'close') return false;
    if (this.#answered.minor === 1) this.#socket.write('0\r\n\r\n', 'latin1');
    this.#host.onComplete(false, undefined);
    return true;
  }

  #begun(head: ResponseHead): void {
    this.#head = head;
    this.started = true;
    this.#host.onBegun(head.status);
    this.#body.start(head.framing, head.length);
    // A body that ends with the target's connection is sent in chunks, so that the client sees where it was cut.
    const chunked = this.#answered.minor === 1 && (head.framing === 'chunked' || head.framing === 'close');
    const delimited = this.#answered.minor === 1 || head.framing === 'length' || head.framing === 'none';
    this.#pending =
      `HTTP/1.1 ${head.statusLine}\r\n${head.kept}${this.#host.ownFields(head.kept)}${chunked ? 'Transfer-Encoding: chunked\r\n' : ''}` +
      `Connection: ${this.#host.keepsAlive() && delimited ? 'keep-alive' : 'close'}\r\n\r\n`;
    this.delimited = delimited;
  }

  #relay(chunk: Buffer, from: number): void {
    const head = this.#head as ResponseHead;
    const at = this.#body.read(chunk, from, this.#sink, this.#answered.minor === 0);
    if (this.#pending !== '') this.#send();
    if (this.#body.failed) this.#host.onMalformed();
    else if (this.#body.done)
      this.#host.onComplete(head.reusable && at === chunk.length, head.keepAliveSeconds);
  }

  readonly #sink = (chunk: Buffer, start: number, end: number): void => this.#send(chunk, start, end);

  #send(chunk?: Buffer, start = 0, end = 0): void {
    let head = this.#pending;
    this.#pending = '';
    const rechunk = chunk !== undefined && this.#head?.framing === 'close' && this.#answered.minor === 1;
    if (rechunk) head += `${(end - start).toString(16)}\r\n`;
    let accepted =
      head === '' && chunk !== undefined
        ? this.#socket.write(span(chunk, start, end))
        : writeJoined(this.#socket, head, chunk, start, end);
    if (rechunk) accepted = this.#socket.write('\r\n', 'latin1');
    if (!accepted) this.#host.onFull();
  }

  #switch(head: ResponseHead, rest: Buffer): void {
    if (!this.#answered.websocket) {
      this.#host.onMalformed();
      return;
    }
    this.started = true;
    this.#host.onBegun(head.status);
    const upgrade = head.upgrade ?? 'websocket';
    this.#socket.write(
      `HTTP/1.1 ${head.statusLine}\r\n${head.kept}${this.#host.ownFields(head.kept)}Upgrade: ${upgrade}\r\nConnection: Upgrade\r\n\r\n`,
      'latin1',
    );
    this.#host.onSwitched(rest);
  }
}
