import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OperationError } from '../../../../common/problem.ts';
import { digestOf } from '../../../../oci/digest.ts';
import { isIndex, OCI_MANIFEST } from '../../../../oci/media-types.ts';
import type { Descriptor, ImageManifest, ImageSink } from '../../../../oci/model.ts';

/** An image in a folder: an OCI layout (docker save) or the `dir:` form of podman and buildah. */
export async function importImage(folder: string, sink: ImageSink): Promise<string> {
  const blob = existsSync(join(folder, 'index.json'))
    ? (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
    : (digest: string) => join(folder, digest.replace('sha256:', ''));
  const bytes = await manifestOf(folder, blob);
  const manifest = JSON.parse(bytes.toString()) as ImageManifest;
  for (const { mediaType, digest, size } of [manifest.config, ...manifest.layers])
    if (!(await sink.hasBlob(digest)))
      await sink.putBlob({ mediaType, digest, size }, createReadStream(blob(digest)));
  const document = { mediaType: manifest.mediaType ?? OCI_MANIFEST, digest: digestOf(bytes), bytes };
  await sink.putManifest(document);
  return document.digest;
}

async function manifestOf(folder: string, blob: (digest: string) => string): Promise<Buffer> {
  if (existsSync(join(folder, 'manifest.json')) && !existsSync(join(folder, 'index.json'))) {
    const bytes = await readFile(join(folder, 'manifest.json'));
    if (!Array.isArray(JSON.parse(bytes.toString()))) return bytes;
    throw new OperationError({
      code: 'build-engine',
      message: 'the engine saves images in the form of docker before 25, which is not read',
      fix: 'bring it up to date, or write --builder own',
    });
  }
  let bytes = await readFile(join(folder, 'index.json'));
  for (;;) {
    const { mediaType, manifests } = JSON.parse(bytes.toString()) as {
      readonly mediaType?: string;
      readonly manifests?: readonly Descriptor[];
    };
    if (manifests === undefined && !(mediaType !== undefined && isIndex(mediaType))) return bytes;
    // Attestations are listed beside the image, for a platform that does not exist.
    const chosen = manifests?.find(({ platform }) => platform?.architecture !== 'unknown');
    if (!chosen) throw new OperationError({ code: 'build-engine', message: 'the engine saved no image' });
    bytes = await readFile(blob(chosen.digest));
  }
}
