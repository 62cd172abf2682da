import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { messageOf } from '../agent/failure.ts';
import type { Ecs, TaskRecord } from '../state.ts';
import { taskCredentials } from './credentials.ts';
import { containerDocument, taskDocument } from './documents.ts';

/** Answers what comes to 169.254.170.2 from inside a VPC; `from` is the address of the task that asks. */
export function metadataEndpoint(ecs: Ecs): (socket: Socket, from: string) => void {
  const senders = new WeakMap<Socket, string>();
  const credentials = taskCredentials(ecs);
  const server = createServer((request, response) => {
    answer(request)
      .then(([status, body]) => send(response, status, body))
      .catch((error: unknown) => {
        ecs.region.log(`task metadata: ${request.url}: ${messageOf(error)}`);
        send(response, 500, { code: 'InternalError', message: 'the endpoint failed' });
      });
  });

  async function answer({ method, url = '', socket }: IncomingMessage): Promise<readonly [number, object]> {
    const from = senders.get(socket);
    const isOwn = (task: TaskRecord) =>
      task.interface?.privateAddress === from && task.lastStatus !== 'STOPPED';
    const tasks = [...ecs.tables.tasks.values()].filter(isOwn);
    const [, version, id = '', rest = ''] = /^\/(v4|v2\/credentials)\/([^/?]+)(\/[^?]*)?/.exec(url) ?? [];
    if (method !== 'GET' || version === undefined) return [404, { message: `404 page not found: ${url}` }];
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
    if (!task || !container)
      return [404, { message: `V4 metadata handler: unable to get container ID from request: ${id}` }];
    switch (rest.replace(/\/$/, '')) {
      case '':
        return [200, containerDocument(ecs, task, container)];
      case '/task':
        return [200, taskDocument(ecs, task, false)];
      case '/taskWithTags':
        return [200, taskDocument(ecs, task, true)];
      default:
        return [404, { message: `not enacted by this region: ${rest}` }];
    }
  }
  return (socket, from) => {
    senders.set(socket, from);
    server.emit('connection', socket);
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
