import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { InputError, OperationError } from '../../common/problem.ts';
import type { Observer } from '../flows/observer.ts';
import type { Forwards } from '../forward/forwards.ts';
import { listen } from '../host-ports.ts';
import type { Container } from '../runtime/runtime.ts';
import { imageAdvice } from '../runtime/standins/catalog.ts';
import type { Region } from '../region.ts';
import type { Activity } from './activity.ts';
import { describeDenials } from './denials.ts';
import { observedFlows } from './flows.ts';
import { setForwards } from './forwards.ts';
import { listImages, pruneImages, pullImages } from './images.ts';
import { followLogs } from './logs.ts';
import { swap } from './swap.ts';
import {
  CONTROL_PREFIX,
  encodeFrame,
  FRAME,
  frameReader,
  type BindsRequest,
  type BuildJob,
  type BuildLine,
  type ExecRequest,
  type ForwardsRequest,
  type LastWordsAnswer,
  type ObserveRequest,
  type ProbeAnswer,
  type ProbeRequest,
  type PullRequest,
  type RegionInfo,
  type SwapRequest,
  type WireProblem,
} from './protocol.ts';
import { describeStackStatus, findContainer } from './status.ts';

export interface ControlOptions {
  readonly region: Region;
  readonly info: () => RegionInfo;
  /** Ends the region; with `onlyIdle` only when nothing is deployed in it. */
  readonly shutdown: (onlyIdle: boolean) => Promise<boolean>;
  readonly forwards: Forwards;
  readonly observer: Observer;
  readonly activity: Activity;
  readonly removeVolumes: (prefix: string) => Promise<readonly string[]>;
}

type Route = (query: URLSearchParams, body: unknown, response: ServerResponse) => Promise<unknown>;

/** Answers requests below CONTROL_PREFIX; they come by the unix socket only, which only the user can open. */
export function createControl(options: ControlOptions) {
  const { region, info, shutdown, forwards, observer, activity, removeVolumes } = options;
  const routes: Readonly<Record<string, Route>> = {
    'GET info': async () => info(),
    'GET activity': async (_query, _body, response) => activity.follow(response),
    'POST shutdown': async (_query, body) => ({
      stopped: await shutdown((body as { onlyIdle?: boolean }).onlyIdle ?? false),
    }),
    'POST probe': async (_query, body) => probe(region, body as ProbeRequest),
    'POST build': async (_query, body, response) => build(region, body as BuildJob, response),
    'POST pull-images': async (_query, body, response) =>
      pullImages(region, body as PullRequest, response, (error) => toWire(error, region.log)),
    'GET images': async () => listImages(region),
    'GET build-cache': async () => ({ bytes: (await region.plane.runtime.buildCacheSize?.()) ?? 0 }),
    'POST prune-images': async (_query, body) =>
      pruneImages(region, (body as { all?: boolean }).all ?? false),
    'GET status': async (query) => {
      const stack = required(query, 'stack');
      return describeStackStatus(region, stack, forwards.of(stack));
    },
    'GET flows': async (query) => observedFlows(observer, required(query, 'stack')),
    'POST flows': async (_query, body) => {
      const { stack, observe } = body as ObserveRequest;
      await observer.observe(stack, observe);
      return observedFlows(observer, stack);
    },
    'POST forwards': async (_query, body) => setForwards(region, forwards, body as ForwardsRequest),
    'POST swap': async (_query, body) => swap(region, body as SwapRequest),
    'GET denials': async () => describeDenials(region),
    'GET last-words': async (query): Promise<LastWordsAnswer> => ({
      words: region.internal.ecs.lastWords(required(query, 'task')),
    }),
    'GET logs': async (query, _body, response) => followLogs(region, query, response),
    'PUT binds': async (_query, body) => {
      const { stack, binds } = body as BindsRequest;
      region.internal.ecs.setBinds(stack, binds);
    },
    'POST remove-volumes': async (_query, body) => ({
      removed: await removeVolumes((body as { prefix: string }).prefix),
    }),
  };

  return {
    /** False where the path is not the control interface's. */
    handle(request: IncomingMessage, response: ServerResponse): boolean {
      if (!request.url?.startsWith(CONTROL_PREFIX)) return false;
      void answer(request, response);
      return true;
    },
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      if (request.url !== `${CONTROL_PREFIX}exec`) return void socket.destroy();
      void exec(region, request, socket, head);
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost');
    const name = `${request.method} ${url.pathname.slice(CONTROL_PREFIX.length)}`;
    try {
      const route = routes[name];
      if (!route) throw new OperationError({ code: 'unknown-call', message: `no control call "${name}"` });
      const result = await route(url.searchParams, await readJson(request), response);
      if (!response.headersSent) sendJson(response, 200, result ?? {});
      else response.end();
    } catch (error) {
      if (!response.headersSent) sendJson(response, 400, toWire(error, region.log));
      else response.end();
    }
  }
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new OperationError({ code: 'bad-call', message: `parameter "${name}" is missing` });
  return value;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text ? JSON.parse(text) : {};
}

export function toWire(error: unknown, log: (message: string) => void): WireProblem {
  if (error instanceof InputError) return { kind: 'input', problems: error.problems };
  if (error instanceof OperationError)
    return { kind: 'operation', problems: [{ code: error.code, message: error.message, fix: error.fix }] };
  const message = error instanceof Error ? error.message : String(error);
  log(error instanceof Error ? (error.stack ?? message) : message);
  return { kind: 'operation', problems: [{ code: 'region-error', message }] };
}

async function probe(region: Region, { references, ports }: ProbeRequest): Promise<ProbeAnswer> {
  const ours = new Set(region.plane.hostPorts.mapping.values());
  const images = await Promise.all(
    references.map(async (reference) => {
      const found = await region.plane.runtime.probe(reference);
      return { reference, ...(found.available ? {} : { fix: imageAdvice }), ...found };
    }),
  );
  const taken = await Promise.all(
    ports.map(async (port) => {
      if (ours.has(port)) return false;
      const server = await listen(port);
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
      return server === undefined;
    }),
  );
  return { images, takenPorts: ports.filter((_, index) => taken[index]) };
}

async function build(region: Region, job: BuildJob, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (line: BuildLine) => response.write(`${JSON.stringify(line)}\n`);
  // Who asked went away: so does what was asked for.
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const built = await region.plane.runtime.build(
      job,
      (line, event) => send({ kind: 'progress', line, ...(event ? { event } : {}) }),
      { signal: gone.signal },
    );
    send({ kind: 'built', ...built });
  } catch (error) {
    send({ kind: 'failed', problem: toWire(error, region.log) });
  }
}

async function exec(region: Region, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const refuse = (error: unknown) => {
    const body = JSON.stringify(toWire(error, region.log));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  };
  let container: Container;
  let wanted: ExecRequest;
  try {
    const header = request.headers['x-fairway-request'];
    wanted = JSON.parse(Buffer.from(String(header), 'base64').toString()) as ExecRequest;
    container = await findContainer(region, wanted);
  } catch (error) {
    return refuse(error);
  }
  const { argv, user, environment } = wanted;
  const program = container.exec(argv, {
    ...(user === undefined ? {} : { user }),
    ...(environment === undefined ? {} : { environment }),
  });
  socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: fairway\r\n\r\n');
  const read = frameReader((type, payload) => {
    if (type !== FRAME.stdin) return;
    if (payload.length === 0) program.end();
    else program.write(payload);
  });
  if (head.length > 0) read(head);
  socket.on('data', read);
  socket.on('error', () => socket.destroy());
  // Who asked went away: so does what was asked for.
  socket.on('close', () => void program.signal('SIGKILL').catch(() => false));
  program.onStdout((chunk) => socket.write(encodeFrame(FRAME.stdout, chunk)));
  program.onStderr((chunk) => socket.write(encodeFrame(FRAME.stderr, chunk)));
  program.started.catch(() => undefined);
  const result = await program.exited.catch((error: Error) => {
    socket.write(encodeFrame(FRAME.stderr, Buffer.from(`${error.message}\n`)));
    return { code: 126, signal: null };
  });
  socket.end(encodeFrame(FRAME.exit, Buffer.from(JSON.stringify(result))));
}
