import { Agent, request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { InputError, OperationError } from '../../common/problem.ts';
import type { BuildEvent } from '../runtime/runtime.ts';
import {
  CONTROL_PREFIX,
  type BindsRequest,
  type BuildJob,
  type BuildLine,
  type PullLine,
  type PullRequest,
  type WireProblem,
} from './protocol.ts';

/** The region's control interface, as the command line uses it. */
export interface ControlClient {
  readonly socketPath: string;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
  /** To be told before the stack is deployed; rejects with an InputError for what no container may see. */
  setBinds(stack: string, binds: BindsRequest['binds']): Promise<void>;
  build(
    job: BuildJob,
    onLine: (line: string, event?: BuildEvent) => void,
  ): Promise<BuildLine & { kind: 'built' }>;
  /** Rejects once all have come to an end where some could not be had. */
  pull(request: PullRequest, onLine: (line: PullLine) => void): Promise<void>;
  /** Lines of JSON until the region ends them or `signal` does. */
  lines<Line>(path: string, onLine: (line: Line) => void, signal?: AbortSignal): Promise<void>;
  upgrade(path: string, body: unknown): Promise<Duplex>;
  close(): void;
}

export function controlClient(socketPath: string): ControlClient {
  const agent = new Agent({ keepAlive: true });

  function send(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request({
        agent,
        socketPath,
        method,
        path: CONTROL_PREFIX + path,
        headers: payload === undefined ? {} : { 'content-type': 'application/json' },
        ...(signal ? { signal } : {}),
      });
      call.on('response', resolve);
      call.on('error', reject);
      call.end(payload);
    });
  }

  async function json<Answer>(answering: Promise<IncomingMessage>): Promise<Answer> {
    const answer = await answering;
    const text = await readAll(answer);
    const body: unknown = text ? JSON.parse(text) : undefined;
    if ((answer.statusCode ?? 500) >= 400) throw fromWire(body as WireProblem);
    return body as Answer;
  }

  async function lines<Line>(
    answering: Promise<IncomingMessage>,
    onLine: (line: Line) => void,
  ): Promise<void> {
    const answer = await answering;
    if ((answer.statusCode ?? 500) >= 400) throw fromWire(JSON.parse(await readAll(answer)) as WireProblem);
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8')) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) if (part) onLine(JSON.parse(part) as Line);
    }
  }

  return {
    socketPath,
    get: (path) => json(send('GET', path)),
    post: (path, body = {}) => json(send('POST', path, body)),
    async setBinds(stack, binds) {
      await json(send('PUT', 'binds', { stack, binds } satisfies BindsRequest));
    },
    async build(job, onLine) {
      let last: BuildLine | undefined;
      await lines<BuildLine>(send('POST', 'build', job), (line) => {
        if (line.kind === 'progress') onLine(line.line, line.event);
        else last = line;
      });
      if (last?.kind === 'built') return last;
      if (last?.kind === 'failed') throw fromWire(last.problem);
      throw new OperationError({ code: 'region-lost', message: 'the region ended while it was building' });
    },
    async pull(request, onLine) {
      const failed: WireProblem[] = [];
      const ended = new Set<string>();
      await lines<PullLine>(send('POST', 'pull-images', request), (line) => {
        if (line.kind === 'failed') failed.push(line.problem);
        if (line.kind === 'failed' || line.kind === 'ready') ended.add(line.reference);
        onLine(line);
      });
      const [first] = failed;
      if (first) throw fromWire(first);
      if (request.references.some((reference) => !ended.has(reference)))
        throw new OperationError({ code: 'region-lost', message: 'the region ended while it was pulling' });
    },
    lines: (path, onLine, signal) => lines(send('GET', path, undefined, signal), onLine),
    upgrade(path, body) {
      return new Promise((resolve, reject) => {
        const call = request({
          socketPath,
          method: 'POST',
          path: CONTROL_PREFIX + path,
          headers: {
            connection: 'upgrade',
            upgrade: 'fairway',
            'x-fairway-request': Buffer.from(JSON.stringify(body)).toString('base64'),
          },
        });
        call.on('upgrade', (_answer, socket, head) => {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        call.on('response', (answer) => json(Promise.resolve(answer)).then(reject, reject));
        call.on('error', reject);
        call.end();
      });
    },
    close: () => agent.destroy(),
  };
}

async function readAll(stream: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text;
}

function fromWire({ kind, problems }: WireProblem): Error {
  const [first] = problems;
  if (kind === 'input' || !first) return new InputError(problems);
  return new OperationError(first);
}
