import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRepositoryName } from '../names.ts';
import type { EcrState } from '../state.ts';
import { serveBlob } from './blobs.ts';
import { asFault, faultBody, RegistryFault, unsupported } from './errors.ts';
import { answer, answerJson, page, type Exchange } from './exchange.ts';
import { serveManifest } from './manifests.ts';
import { serveUpload } from './uploads.ts';

/** Answers what is for the registry; false: it is not. */
export type RegistryServer = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The registry itself, below `/v2/`: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 * Whoever may reach the endpoint may pull and push, so that no login is asked for, and any is taken.
 */
export function createRegistryServer(state: EcrState): RegistryServer {
  return (request, response) => {
    const url = request.url ?? '';
    if (!/^\/v2(?:\/|$|\?)/.test(url) || isBucketHost(request.headers.host)) return false;
    void serve(state, request, response);
    return true;
  };
}

/** `photos.localhost`: the path is an object's. */
const isBucketHost = (host = ''): boolean => /\.localhost(?::\d+)?$/i.test(host);

async function serve(state: EcrState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET';
  try {
    await dispatch(state, request, response, method);
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const fault = asFault(error) ?? broken(state, request, error);
    // A body that was refused unread would be taken for the next request.
    const rest = request.complete ? {} : { connection: 'close' };
    answer(
      { response, method },
      fault.status,
      { 'content-type': 'application/json', ...fault.headers, ...rest },
      faultBody(fault),
    );
  }
}

async function dispatch(
  state: EcrState,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://registry');
  const path = decode(url.pathname).replace(/^\/v2\/?/, '');
  const about = (repository: string, reference: string): Exchange => ({
    request,
    response,
    method,
    query: url.searchParams,
    repository,
    reference,
  });
  if (path === '' || path === '_catalog') {
    if (method !== 'GET' && method !== 'HEAD') throw unsupported(`${method} of ${url.pathname}`);
    if (path === '') return answerJson(about('', ''), {});
    const names = (await state.all()).map(({ name }) => name);
    const { items, headers } = page(names, '/v2/_catalog', url.searchParams);
    return answerJson(about('', ''), { repositories: items }, headers);
  }
  const [, name = '', kind, reference = ''] =
    /^(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)(?:\/([^/]*))?$/.exec(path) ?? [];
  if (kind === undefined) throw new RegistryFault('NOT_FOUND', `there is nothing at ${url.pathname}`, 404);
  if (!isRepositoryName(name))
    throw new RegistryFault('NAME_INVALID', `"${name}" is no name of a repository`, 400);
  await state.repository(name);
  const exchange = about(name, reference);
  switch (kind) {
    case 'manifests':
      return serveManifest(state, exchange);
    case 'blobs':
      return serveBlob(state, exchange);
    case 'blobs/uploads':
      return serveUpload(state, exchange);
    case 'tags':
      return tags(state, exchange);
    default:
      // Clients then look for the tag of the fallback: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#unavailable-referrers-api
      throw new RegistryFault('NOT_FOUND', 'the local region has no referrers API', 404);
  }
}

async function tags(state: EcrState, exchange: Exchange): Promise<void> {
  const { method, repository, reference, query } = exchange;
  if (method !== 'GET' || reference !== 'list') throw unsupported(`${method} of tags`);
  const images = await state.images(repository).list();
  const { items, headers } = page(
    images.flatMap((image) => image.tags),
    `/v2/${repository}/tags/list`,
    query,
  );
  answerJson(exchange, { name: repository, tags: items }, headers);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryFault('NAME_INVALID', `the path ${path} is not encoded well`, 400);
  }
}

function broken({ region }: EcrState, request: IncomingMessage, error: unknown): RegistryFault {
  const text = error instanceof Error ? error.message : String(error);
  region.log(
    `registry: ${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? text) : text}`,
  );
  return new RegistryFault('UNKNOWN', `the local region failed: ${text}`, 500);
}
