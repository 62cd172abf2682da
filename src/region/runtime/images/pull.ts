import { OperationError } from '../../../common/problem.ts';
import { digestOf, DigestMismatch } from '../../../oci/digest.ts';
import { isForeignLayer } from '../../../oci/media-types.ts';
import type {
  Descriptor,
  ImageConfiguration,
  ImageManifest,
  ImageSource,
  ManifestDocument,
} from '../../../oci/model.ts';
import type { PullProgress } from '../runtime.ts';
import { parseManifest, parseObject } from './documents.ts';
import { layerFailure, notFound } from './failures.ts';
import { limited } from './layer/worker.ts';
import { chooseManifest, fits, machinePlatform, platformName, platformsOf } from './platform.ts';
import type { ImageStore } from './store.ts';
import { unpackInto } from './unpacking.ts';

/** As docker: https://docs.docker.com/reference/cli/docker/image/pull/#concurrent-downloads */
const concurrentDownloads = 3;
/** No manifest and no configuration is larger: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const documentLimit = 4 << 20;

export interface PullRequest {
  /** For messages, as the user wrote it. */
  readonly reference: string;
  /** A tag or a digest of the source. */
  readonly name: string;
  readonly onTransfer: (progress: PullProgress) => void;
}

/** Brings an image from a source into the store and unpacks it; gives the digest that the source names it by. Undefined: it has none. */
export async function pullImage(
  store: ImageStore,
  source: ImageSource,
  request: PullRequest,
): Promise<string | undefined> {
  const { reference, name, onTransfer } = request;
  const document = await source.manifest(name);
  if (!document) return undefined;
  checkDocument(reference, document, name);
  const { document: own, manifest } = await forThisMachine(store, source, reference, document);
  const configuration = await fetchConfiguration(store, source, reference, manifest);
  if (!fits(configuration)) throw foreign(reference, [platformName(configuration)]);
  const diffIds = configuration.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    throw notFound(
      reference,
      `the manifest has ${manifest.layers.length} layers, its configuration ${diffIds.length}`,
    );
  const turn = limited(concurrentDownloads);
  const abort = new AbortController();
  const outcomes = await Promise.allSettled(
    manifest.layers.map((layer, index) =>
      pullLayer(store, source, {
        reference,
        layer,
        diffId: diffIds[index] ?? '',
        onTransfer,
        turn,
        signal: abort.signal,
      }).catch((error: unknown) => {
        abort.abort();
        throw error;
      }),
    ),
  );
  // The first cause, not those that were called off for its sake.
  const failed = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  if (failed.length > 0) throw failed.find((error) => !(error instanceof CalledOff)) ?? failed[0];
  for (const { bytes } of [own, document])
    await store.blobs.put({ digest: digestOf(bytes), size: bytes.length }, one(bytes));
  return document.digest;
}

class CalledOff extends Error {}

function checkDocument(reference: string, { digest, bytes }: ManifestDocument, wanted: string): void {
  const actual = digestOf(bytes);
  const expected = wanted.startsWith('sha256:') ? wanted : digest;
  if (actual !== expected)
    throw layerFailure(
      reference,
      expected,
      new DigestMismatch(`the manifest that was asked for as ${expected} has the digest ${actual}`),
    );
}

async function forThisMachine(
  store: ImageStore,
  source: ImageSource,
  reference: string,
  document: ManifestDocument,
): Promise<{ readonly document: ManifestDocument; readonly manifest: ImageManifest }> {
  const parsed = parseManifest(document);
  if (parsed.kind === 'image') return { document, manifest: parsed.manifest };
  const chosen = chooseManifest(parsed.manifests);
  if (!chosen) throw foreign(reference, platformsOf(parsed.manifests));
  const own = (await store.document(chosen.digest)) ?? (await source.manifest(chosen.digest));
  if (!own)
    throw notFound(
      reference,
      `its manifest for ${platformName(machinePlatform)}, ${chosen.digest}, is missing`,
    );
  checkDocument(reference, own, chosen.digest);
  const inner = parseManifest(own);
  if (inner.kind === 'index') throw notFound(reference, 'a list of manifests holds another list');
  return { document: own, manifest: inner.manifest };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html (image architecture) */
function foreign(reference: string, platforms: readonly string[]): OperationError {
  const own = platformName(machinePlatform);
  return new OperationError({
    code: 'image-platform',
    message: `CannotPullContainerError: image Manifest does not contain descriptor matching platform '${own}': ${reference} is for ${platforms.join(', ') || 'no platform'} (its programs would end with "exec format error")`,
    fix: `use an image that is made for ${own}: docker buildx build --platform ${own} makes one`,
  });
}

async function fetchConfiguration(
  store: ImageStore,
  source: ImageSource,
  reference: string,
  { config }: ImageManifest,
): Promise<ImageConfiguration> {
  if (config.size > documentLimit) throw notFound(reference, `its configuration has ${config.size} bytes`);
  if ((await store.blobs.size(config.digest)) === undefined) {
    const blob = await source.blob(config.digest);
    if (!blob) throw notFound(reference, `its configuration ${config.digest} is missing`);
    await store.blobs.put(config, await blob.open()).catch((error: unknown) => {
      throw layerFailure(reference, config.digest, error);
    });
  }
  const body = parseObject((await store.blobs.bytes(config.digest)) ?? Buffer.alloc(0), config.digest);
  const { rootfs, os, architecture } = body as Partial<ImageConfiguration>;
  if (!Array.isArray(rootfs?.diff_ids) || !os || !architecture)
    throw notFound(reference, `${config.digest} is no configuration of an image (${config.mediaType})`);
  return body as unknown as ImageConfiguration;
}

interface LayerRequest {
  readonly reference: string;
  readonly layer: Descriptor;
  readonly diffId: string;
  readonly onTransfer: (progress: PullProgress) => void;
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

async function pullLayer(store: ImageStore, source: ImageSource, request: LayerRequest): Promise<void> {
  const { reference, layer, diffId, onTransfer, turn, signal } = request;
  const tell = (state: PullProgress['state'], bytes: number) =>
    onTransfer({ reference, layer: layer.digest, state, bytes, total: layer.size });
  const key = await store.keyOf(diffId);
  if (await store.hasLayer(key)) return tell('present', layer.size);
  if (isForeignLayer(layer.mediaType))
    throw layerFailure(
      reference,
      layer.digest,
      new Error(`layer ${layer.digest} is not kept by its registry (${layer.mediaType})`),
    );
  tell('waiting', 0);
  try {
    await turn(() => {
      if (signal.aborted) throw new CalledOff('another layer failed');
      return unpackInto(store, { key, diffId, layer, source, signal, tell });
    });
  } catch (error) {
    throw error instanceof CalledOff || signal.aborted
      ? new CalledOff()
      : layerFailure(reference, layer.digest, error);
  }
  tell('done', layer.size);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Buffer> {
  yield Buffer.from(bytes);
}
