import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import type { Descriptor, ImageConfiguration, ImageSource, ManifestDocument } from '../../../oci/model.ts';

/** One entry of a layer; `content` makes it a file. */
export type MadeEntry = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };
export interface MadeLayer {
  /** Without compression. */
  readonly diffId: string;
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}
export interface MadeImage {
  readonly digest: string;
  readonly manifest: ManifestDocument;
  readonly blobs: ReadonlyMap<string, Buffer>;
  readonly layers: readonly MadeLayer[];
}

export const digest = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A layer of these entries, by a writer that is not Fairway's own. */
export async function madeTar(entries: readonly MadeEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...entry } of entries) {
    const header = {
      mtime: new Date(1_700_000_000_000),
      type: content === undefined ? 'directory' : 'file',
      ...entry,
    } as Header;
    if (content === undefined) archive.entry(header);
    else archive.entry(header, content);
  }
  archive.finalize();
  return buffer(archive);
}

export async function madeLayer(
  entries: readonly MadeEntry[] | Buffer,
  compress: 'gzip' | 'none' | ((tar: Buffer) => Buffer) = 'gzip',
): Promise<MadeLayer> {
  const tar = Buffer.isBuffer(entries) ? entries : await madeTar(entries);
  const bytes = compress === 'none' ? tar : compress === 'gzip' ? gzipSync(tar, { level: 1 }) : compress(tar);
  const suffix = compress === 'none' ? '' : compress === 'gzip' ? '+gzip' : '+zstd';
  return {
    diffId: digest(tar),
    bytes,
    descriptor: {
      mediaType: `application/vnd.oci.image.layer.v1.tar${suffix}`,
      digest: digest(bytes),
      size: bytes.length,
    },
  };
}

export function madeImage(
  layers: readonly MadeLayer[],
  config: ImageConfiguration['config'] = {},
  more: Partial<ImageConfiguration> = {},
  types: 'oci' | 'docker' = 'oci',
): MadeImage {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const configuration: ImageConfiguration = {
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    ...more,
  };
  const body = Buffer.from(JSON.stringify(configuration));
  // https://distribution.github.io/distribution/spec/manifest-v2-2/#media-types
  const docker = 'application/vnd.docker';
  const mediaType =
    types === 'oci'
      ? 'application/vnd.oci.image.manifest.v1+json'
      : `${docker}.distribution.manifest.v2+json`;
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: {
        mediaType:
          types === 'oci' ? 'application/vnd.oci.image.config.v1+json' : `${docker}.container.image.v1+json`,
        digest: digest(body),
        size: body.length,
      },
      layers: layers.map(({ descriptor }) =>
        types === 'oci' ? descriptor : { ...descriptor, mediaType: `${docker}.image.rootfs.diff.tar.gzip` },
      ),
    }),
  );
  return {
    digest: digest(bytes),
    manifest: { mediaType, digest: digest(bytes), bytes },
    layers,
    blobs: new Map([
      [digest(body), body],
      ...layers.map((layer) => [layer.descriptor.digest, layer.bytes] as const),
    ]),
  };
}

/** A list of images for platforms such as `linux/arm64/v8`. */
export function madeIndex(images: Readonly<Record<string, MadeImage>>): ManifestDocument {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = Object.entries(images).map(([name, { manifest }]) => {
    const [os, architecture, variant] = name.split('/');
    return {
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { os, architecture, ...(variant ? { variant } : {}) },
    };
  });
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return { mediaType, digest: digest(bytes), bytes };
}

/** A source that holds images by tag and digest. */
export function madeSource(
  tags: Readonly<Record<string, MadeImage>>,
  lists: Readonly<Record<string, ManifestDocument>> = {},
): ImageSource {
  const images = Object.values(tags);
  const documents = new Map<string, ManifestDocument>([
    ...Object.entries(tags).map(([tag, { manifest }]) => [tag, manifest] as const),
    ...images.map(({ manifest }) => [manifest.digest, manifest] as const),
    ...Object.entries(lists),
    ...Object.values(lists).map((list) => [list.digest, list] as const),
  ]);
  const blobs = new Map(images.flatMap((image) => [...image.blobs]));
  return {
    manifest: async (reference) => documents.get(reference),
    async blob(wanted) {
      const bytes = blobs.get(wanted);
      return bytes && { size: bytes.length, open: async (from = 0) => inPieces(bytes.subarray(from)) };
    },
  };
}

export function inPieces(bytes: Buffer, size = 10_000): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );
}
