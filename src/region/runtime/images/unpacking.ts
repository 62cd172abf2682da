import { DigestMismatch } from '../../../oci/digest.ts';
import type { Descriptor, ImageSource } from '../../../oci/model.ts';
import type { PullProgress } from '../runtime.ts';
import { LayerFailure, type Unpacking } from './layer/worker.ts';
import type { ImageStore } from './store.ts';

export interface UnpackRequest {
  readonly key: string;
  readonly diffId: string;
  readonly layer: Descriptor;
  readonly source: ImageSource;
  readonly signal: AbortSignal;
  tell(state: PullProgress['state'], bytes: number): void;
}

/** Unpacks a layer while it comes, or from the blob that is there. The directory appears once both digests are right. */
export async function unpackInto(store: ImageStore, request: UnpackRequest): Promise<void> {
  const { key, diffId, layer, tell } = request;
  await store.ensureLayer(key, async (draft) => {
    let job: Unpacking | undefined;
    let unfit: unknown;
    const begin = (growing: string) => {
      if (job) return job;
      job = store.worker.unpack({ growing, whole: store.blobs.path(layer.digest) }, draft);
      job.result.catch((error: unknown) => (unfit = error));
      return job;
    };
    const onBytes = (file: string, bytes: number) => {
      begin(file).available(bytes);
      tell('downloading', bytes);
      // What cannot be unpacked need not come whole.
      if (unfit) throw unfit;
    };
    try {
      if ((await store.blobs.size(layer.digest)) === undefined) await download(store, request, onBytes);
      else begin(store.blobs.path(layer.digest));
      tell('unpacking', layer.size);
      const unpacking = begin(store.blobs.path(layer.digest));
      unpacking.end(layer.size);
      const { diffId: found, size, notes, owners } = await unpacking.result;
      if (found !== diffId)
        throw new DigestMismatch(
          `the content of layer ${layer.digest} has the digest ${found} where the image's configuration says ${diffId}`,
        );
      await store.putLayerInfo(key, {
        diffId,
        size,
        blob: layer,
        ...(owners ? { owners } : {}),
        ...(notes.length > 0 ? { notes } : {}),
      });
    } catch (error) {
      // The bytes are what their digest says, and still of no use.
      if (error instanceof DigestMismatch || (error instanceof LayerFailure && error.reason === 'content'))
        await store.blobs.drop(layer.digest);
      job?.cancel();
      // Its program must be gone before the draft can be.
      await job?.result.catch(() => {});
      throw error;
    }
  });
}

function download(
  store: ImageStore,
  { layer, source, signal }: UnpackRequest,
  onBytes: (file: string, bytes: number) => void,
): Promise<void> {
  const open = async (from: number) => {
    const blob = await source.blob(layer.digest);
    if (!blob) throw new LayerFailure('other', `the registry has no layer ${layer.digest}`);
    const stream = await blob.open(from);
    const stop = () => stream.destroy(new Error('called off'));
    signal.addEventListener('abort', stop, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', stop));
    return stream;
  };
  return store.blobs.receive(layer, open, onBytes);
}
