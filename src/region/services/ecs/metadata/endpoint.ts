import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { messageOf } from '../agent/failure.ts';
import type { FindContainer } from '../agent/usage.ts';
import type { ContainerRecord, Ecs, TaskRecord } from '../state.ts';
import { taskProtectionEndpoint } from '../task-protection-endpoint.ts';
import { taskCredentials } from './credentials.ts';
import { containerDocument, taskDocument } from './documents.ts';
import { containerStats } from './stats.ts';

type Answer = readonly [status: number, body: object | null];

/** Answers what comes to 169.254.170.2 from inside a VPC; `from` is the address of the task that asks. */
export function metadataEndpoint(ecs: Ecs, find: FindContainer): (socket: Socket, from: string) => void {
  const senders = new WeakMap<Socket, string>();
  const credentials = taskCredentials(ecs);
  const { stats, taskStats } = containerStats(ecs, find);
  const server = createServer((request, response) => {
    answer(request)
      .then(([status, body]) => send(response, status, body))
      .catch((error: unknown) => {
        ecs.region.log(`task metadata: ${request.url}: ${messageOf(error)}`);
        send(response, 500, { code: 'InternalError', message: 'the endpoint failed' });
      });
  });

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { method = 'GET', url = '', socket } = request;
    const from = senders.get(socket);
    const isOwn = (task: TaskRecord) =>
      task.interface?.privateAddress === from && task.lastStatus !== 'STOPPED';
    const tasks = [...ecs.tables.tasks.values()].filter(isOwn);
    const [, version = '', id = '', rest = ''] =
      /^\/(v4|v2\/credentials|api)\/([^/?]+)(\/[^?]*)?/.exec(url) ?? [];
    const notFound: Answer = [404, { message: `404 page not found: ${url}` }];
    if (version === '' || (method !== 'GET' && version !== 'api')) return notFound;
    if (version === 'v2/credentials') {
      const task = tasks.find(({ credentialsId }) => credentialsId === id);
      const document = task && (await credentials(task));
      return document
        ? [200, document]
        : [
            400,
            { code: 'InvalidIdInRequest', message: 'CredentialsV2Request: ID not found', HTTPErrorCode: 400 },
          ];
    }
    const task = tasks.find(({ containers }) => containers.some(({ runtimeId }) => runtimeId === id));
    const container = task?.containers.find(({ runtimeId }) => runtimeId === id);
    const path = rest.replace(/\/$/, '');
    if (!task || !container)
      return [404, { message: `V4 metadata handler: unable to get container ID from request: ${id}` }];
    if (version === 'v4') return metadata(task, container, path);
    if (path !== '/task-protection/v1/state') return notFound;
    const { status, body } = taskProtectionEndpoint(ecs, task, method, await textOf(request));
    return [status, body];
  }

  async function metadata(task: TaskRecord, container: ContainerRecord, path: string): Promise<Answer> {
    switch (path) {
      case '':
        return [200, containerDocument(ecs, task, container)];
      case '/task':
        return [200, taskDocument(ecs, task, false)];
      case '/taskWithTags':
        return [200, taskDocument(ecs, task, true)];
      case '/stats':
        return [200, await stats(task, container)];
      case '/task/stats':
        return [200, await taskStats(task)];
      default:
        return [404, { message: `not enacted by this region: ${path}` }];
    }
  }
  return (socket, from) => {
    senders.set(socket, from);
    server.emit('connection', socket);
  };
}

function send(response: ServerResponse, status: number, body: object | null): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A request of a task is small: what is longer is not read. */
const LONGEST = 4096;

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) if (text.length < LONGEST) text += String(chunk);
  return text;
}
