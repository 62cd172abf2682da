import { Readable } from 'node:stream';
import { isDigest } from '../../../../oci/digest.ts';
import { completeUpload, takeLayer } from '../complete-upload.ts';
import { isRepositoryName } from '../names.ts';
import type { EcrState } from '../state.ts';
import type { Upload } from '../uploads.ts';
import { RegistryFault, unsupported } from './errors.ts';
import { announcedLength, answer, bodyOf, type Exchange } from './exchange.ts';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs */
export async function serveUpload(state: EcrState, exchange: Exchange): Promise<void> {
  const { method, reference } = exchange;
  if (reference === '') {
    if (method === 'POST') return begin(state, exchange);
    throw unsupported(`${method} of uploads`);
  }
  const upload = state.uploads.find(exchange.repository, reference);
  if (!upload) throw new RegistryFault('BLOB_UPLOAD_UNKNOWN', `there is no upload ${reference}`, 404);
  switch (method) {
    case 'GET':
      return progress(exchange, upload, 204);
    case 'PATCH':
      await append(exchange, upload);
      return progress(exchange, upload, 202);
    case 'PUT':
      return finish(state, exchange, upload);
    case 'DELETE':
      await upload.end();
      return answer(exchange, 204);
    default:
      throw unsupported(`${method} of an upload`);
  }
}

async function begin(state: EcrState, exchange: Exchange): Promise<void> {
  const { repository, query, request } = exchange;
  const mount = query.get('mount');
  if (mount !== null && (await canMount(state, mount, query.get('from')))) {
    if (!(await state.images(repository).hasBlob(mount))) {
      const blob = await state.images(query.get('from') ?? repository).blob(mount);
      if (blob) await takeLayer(state, repository, mount, blob.size, await blob.open());
    }
    return created(exchange, mount);
  }
  const digest = query.get('digest');
  if (digest !== null) {
    const upload = await state.uploads.begin(repository);
    return finish(state, exchange, upload);
  }
  request.resume();
  return progress(exchange, await state.uploads.begin(repository), 202);
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#mounting-a-blob-from-another-repository */
async function canMount(state: EcrState, digest: string, from: string | null): Promise<boolean> {
  if (!isDigest(digest) || from === null || !isRepositoryName(from)) return false;
  return (await state.exists(from)) && (await state.images(from).hasBlob(digest));
}

async function append({ request }: Exchange, upload: Upload): Promise<void> {
  const [, first, last] = /^(?:bytes )?(\d+)-(\d+)/.exec(request.headers['content-range'] ?? '') ?? [];
  const at = upload.size();
  const length = announcedLength(request);
  const fits =
    first === undefined ||
    (Number(first) === at && (length === undefined || Number(last) === at + length - 1));
  if (!fits)
    throw new RegistryFault(
      'BLOB_UPLOAD_INVALID',
      `the chunk ${request.headers['content-range']} does not follow the ${at} bytes that were received`,
      416,
      { range: `0-${Math.max(0, at - 1)}` },
    );
  await upload.append(streamOf(request));
}

async function finish(state: EcrState, exchange: Exchange, upload: Upload): Promise<void> {
  const { repository, query, request } = exchange;
  const digest = query.get('digest') ?? '';
  if (!isDigest(digest))
    throw new RegistryFault('DIGEST_INVALID', `"${digest}" is no digest sha256:…`, 400, {
      connection: 'close',
    });
  const length = announcedLength(request);
  if (upload.size() === 0 && length !== undefined && length > 0) {
    // In one piece: it need not be written twice.
    await upload.end();
    await takeLayer(state, repository, digest, length, streamOf(request));
  } else {
    await append(exchange, upload);
    await completeUpload(state, repository, upload, digest);
  }
  created(exchange, digest);
}

const streamOf = (request: Exchange['request']): Readable =>
  Readable.from(bodyOf(request), { objectMode: false });

function created(exchange: Exchange, digest: string): void {
  answer(exchange, 201, {
    location: `/v2/${exchange.repository}/blobs/${digest}`,
    'docker-content-digest': digest,
  });
}

function progress(exchange: Exchange, upload: Upload, status: number): void {
  answer(exchange, status, {
    location: `/v2/${exchange.repository}/blobs/uploads/${upload.id}`,
    range: `0-${Math.max(0, upload.size() - 1)}`,
    'docker-upload-uuid': upload.id,
  });
}
