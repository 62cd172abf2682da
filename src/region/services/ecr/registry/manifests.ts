import { isDigest } from '../../../../oci/digest.ts';
import { MANIFEST_TYPES } from '../../../../oci/media-types.ts';
import { findImage, putImage, removeImage } from '../images.ts';
import type { EcrState } from '../state.ts';
import { RegistryFault, unsupported } from './errors.ts';
import { answer, readWhole, type Exchange } from './exchange.ts';

const MANIFEST_LIMIT = 4 << 20;

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests and #pushing-manifests */
export async function serveManifest(state: EcrState, exchange: Exchange): Promise<void> {
  const { method } = exchange;
  if (method === 'GET' || method === 'HEAD') return pull(state, exchange);
  if (method === 'PUT') return push(state, exchange);
  if (method === 'DELETE') return remove(state, exchange);
  throw unsupported(`${method} of a manifest`);
}

async function pull(state: EcrState, exchange: Exchange): Promise<void> {
  const { repository, reference, request } = exchange;
  const found = await findImage(state, repository, named(reference));
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html
  if (!found) throw new RegistryFault('MANIFEST_UNKNOWN', 'Requested image not found', 404);
  if (!accepts(request.headers.accept, found.mediaType))
    throw new RegistryFault(
      'MANIFEST_UNKNOWN',
      `the image is of the kind ${found.mediaType}, which the request does not accept`,
      404,
    );
  const etag = `"${found.digest}"`;
  const headers = { 'content-type': found.mediaType, 'docker-content-digest': found.digest, etag };
  if (request.headers['if-none-match'] === etag) answer(exchange, 304, headers);
  else answer(exchange, 200, headers, found.bytes);
}

/** Manifests are given as they were pushed; a client that names the kinds it knows gets no other. */
function accepts(header: string | undefined, mediaType: string): boolean {
  const types = (header ?? '*/*').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  return (
    types.some((type) => type === mediaType || type === '*/*' || type === 'application/*') ||
    !types.some((type) => MANIFEST_TYPES.includes(type))
  );
}

async function push(state: EcrState, exchange: Exchange): Promise<void> {
  const { repository, reference, request, query } = exchange;
  const bytes = await readWhole(request, MANIFEST_LIMIT);
  const [mediaType] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim());
  const { digest, tag } = named(reference);
  const record = await state.repository(repository);
  const { document } = await putImage(state, record, {
    bytes,
    mediaType: mediaType || undefined,
    digest: digest ?? query.get('digest') ?? undefined,
    tag,
  });
  answer(exchange, 201, {
    location: `/v2/${repository}/manifests/${document.digest}`,
    'docker-content-digest': document.digest,
  });
}

async function remove(state: EcrState, exchange: Exchange): Promise<void> {
  const { repository, reference } = exchange;
  const result = await removeImage(state, repository, reference);
  if (result === 'missing') throw new RegistryFault('MANIFEST_UNKNOWN', 'Requested image not found', 404);
  if (typeof result === 'object')
    throw new RegistryFault('DENIED', `the image is needed by the list ${result.neededBy}`, 409);
  answer(exchange, 202);
}

function named(reference: string): { readonly digest?: string; readonly tag?: string } {
  if (!reference.includes(':')) return { tag: reference };
  if (!isDigest(reference))
    throw new RegistryFault('DIGEST_INVALID', `"${reference}" is no digest sha256:…`, 400);
  return { digest: reference };
}
