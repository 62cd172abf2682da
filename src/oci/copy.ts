import { OperationError } from '../common/problem.ts';
import { RegistryError } from './errors.ts';
import { isForeignLayer, isIndex } from './media-types.ts';
import type { Descriptor, ImageManifest, ImageSink, ImageSource, ManifestDocument } from './model.ts';

export interface CopyRequest {
  readonly source: ImageSource;
  readonly sink: ImageSink & { mountBlob?(digest: string, from: string): Promise<boolean> };
  /** Tag or digest in the source. */
  readonly reference: string;
  /** Under which it is to be found; absent: by its digest alone. */
  readonly tag?: string;
  /** A repository of the sink's registry that may hold some of it already. */
  readonly mountFrom?: string;
  readonly onProgress?: (progress: CopyProgress) => void;
  /** Blobs that travel at once. */
  readonly concurrency?: number;
}
export type CopyProgress =
  /** All that the image consists of; `bytes` of them are not there yet. */
  | { readonly kind: 'planned'; readonly blobs: number; readonly missing: number; readonly bytes: number }
  | { readonly kind: 'bytes'; readonly digest: string; readonly bytes: number }
  | { readonly kind: 'blob'; readonly digest: string; readonly how: 'sent' | 'mounted' };

const TURNS = 3;

/** Brings an image (or a list of them, whole) to where it is missing: blobs, then manifests, the tag last. Gives its digest. */
export async function copyImage(request: CopyRequest): Promise<string> {
  const { source, sink, reference, tag, onProgress = () => {}, concurrency = 4 } = request;
  const top = await need(source, reference);
  const documents = await inside(source, top);
  const blobs = new Map<string, Descriptor>();
  for (const document of documents)
    for (const blob of blobsOf(document)) if (!isForeignLayer(blob.mediaType)) blobs.set(blob.digest, blob);
  const missing: Descriptor[] = [];
  await bounded([...blobs.values()], concurrency, async (blob) => {
    if (!(await sink.hasBlob(blob.digest))) missing.push(blob);
  });
  onProgress({
    kind: 'planned',
    blobs: blobs.size,
    missing: missing.length,
    bytes: missing.reduce((sum, { size }) => sum + size, 0),
  });
  await bounded(missing, concurrency, async (blob) => {
    const mounted =
      request.mountFrom !== undefined && (await sink.mountBlob?.(blob.digest, request.mountFrom)) === true;
    if (!mounted) await send(request, blob);
    onProgress({ kind: 'blob', digest: blob.digest, how: mounted ? 'mounted' : 'sent' });
  });
  // What a list names must be there before it: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
  for (const document of documents) if (document !== top) await sink.putManifest(document);
  await sink.putManifest(top, tag);
  return top.digest;
}

async function send({ source, sink, onProgress }: CopyRequest, blob: Descriptor): Promise<void> {
  for (let turn = 1; ; turn++) {
    const found = await source.blob(blob.digest);
    if (!found) throw incomplete(blob.digest);
    const content = await found.open();
    content.on('data', (chunk: Buffer) =>
      onProgress?.({ kind: 'bytes', digest: blob.digest, bytes: chunk.length }),
    );
    content.pause();
    try {
      await sink.putBlob(blob, content);
      return;
    } catch (error) {
      content.destroy();
      // A stream cannot be sent twice: what the registry lost on the way is opened anew.
      const passing =
        error instanceof RegistryError &&
        (error.code === 'registry-unreachable' || error.status === 413 || (error.status ?? 0) >= 500);
      if (!passing || turn === TURNS) throw error;
    }
  }
}

/** The document and those that it lists, itself last. */
async function inside(source: ImageSource, top: ManifestDocument): Promise<readonly ManifestDocument[]> {
  if (!isIndex(top.mediaType)) return [top];
  const { manifests = [] } = parse<{ manifests?: readonly Descriptor[] }>(top);
  const listed: ManifestDocument[] = [];
  for (const { digest } of manifests) listed.push(...(await inside(source, await need(source, digest))));
  return [...listed, top];
}

function blobsOf(document: ManifestDocument): readonly Descriptor[] {
  if (isIndex(document.mediaType)) return [];
  const { config, layers } = parse<ImageManifest>(document);
  return [config, ...layers];
}

const parse = <T>({ bytes }: ManifestDocument): T => JSON.parse(Buffer.from(bytes).toString('utf8')) as T;

async function need(source: ImageSource, reference: string): Promise<ManifestDocument> {
  const found = await source.manifest(reference);
  if (!found) throw incomplete(reference);
  return found;
}

const incomplete = (what: string): OperationError =>
  new OperationError({
    code: 'image-incomplete',
    message: `${what}: not found`,
    fix: 'build or pull the image again',
  });

/** Runs `work` for each, `limit` at once; the first failure ends it. */
export async function bounded<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  let failed = false;
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined && !failed; item = waiting.shift())
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
