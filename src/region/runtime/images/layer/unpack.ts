import { createHash } from 'node:crypto';
import { decompressed } from '../tar/decompress.ts';
import { tarReader } from '../tar/read.ts';
import { markOpaque, setAttributes } from './attributes.ts';
import { layerTree, type LayerTree } from './tree.ts';
import { makeWhiteouts } from './whiteouts.ts';

export interface Unpacked {
  /** Of the archive without compression: https://github.com/opencontainers/image-spec/blob/main/config.md#layer-diffid */
  readonly diffId: string;
  /** Bytes that the files of the layer hold. */
  readonly size: number;
  /** Owners of directories (`/data` → `999:999`) where they cannot be kept. */
  readonly owners?: Readonly<Record<string, string>>;
  /** What could not be kept, for people: device nodes, owners that do not exist here. */
  readonly notes: readonly string[];
}

/**
 * Unpacks a layer into an empty directory as overlayfs wants it. Runs where the ids of the image exist; everything is written
 * synchronously, because this program does nothing else while decompression goes on in another thread.
 */
export async function unpackLayer(
  source: AsyncIterable<Buffer>,
  directory: string,
  options: { readonly owners: boolean },
): Promise<Unpacked> {
  const hash = createHash('sha256');
  const tree: LayerTree = layerTree(directory, options);
  const reader = tarReader(tree);
  try {
    for await (const chunk of decompressed(source)) {
      hash.update(chunk);
      reader.push(chunk);
    }
    reader.finish();
  } finally {
    tree.close();
  }
  const { whiteouts, opaque, attributed } = tree.pending();
  makeWhiteouts(directory, whiteouts);
  markOpaque(directory, opaque);
  const refused = setAttributes(directory, attributed);
  tree.finish();
  const owners = tree.lostOwners();
  return {
    ...(Object.keys(owners).length > 0 ? { owners } : {}),
    diffId: `sha256:${hash.digest('hex')}`,
    size: tree.size(),
    notes: [...tree.notes(), ...refused],
  };
}
