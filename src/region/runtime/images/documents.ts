import { OperationError } from '../../../common/problem.ts';
import { digestOf } from '../../../oci/digest.ts';
import { isIndex, isManifest, OCI_INDEX, OCI_MANIFEST } from '../../../oci/media-types.ts';
import type { Descriptor, ImageManifest, ManifestDocument } from '../../../oci/model.ts';

export type ParsedManifest =
  | { readonly kind: 'image'; readonly manifest: ImageManifest }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] };

/** Reads a manifest or a list of manifests; rejects what is neither, with what it is. */
export function parseManifest({
  bytes,
  digest,
  mediaType,
}: Pick<ManifestDocument, 'bytes' | 'digest' | 'mediaType'>): ParsedManifest {
  const body = parseObject(bytes, digest);
  if (body['schemaVersion'] !== 2)
    throw broken(
      digest,
      `it is of schema version ${JSON.stringify(body['schemaVersion'])}, which no registry serves any more`,
    );
  if (isIndex(mediaType))
    return { kind: 'index', manifests: descriptors(body['manifests'], digest, 'manifests') };
  if (!isManifest(mediaType)) throw broken(digest, `it is of the kind ${mediaType}`);
  const [config] = descriptors([body['config']], digest, 'config');
  if (!config) throw broken(digest, 'it has no config');
  return {
    kind: 'image',
    manifest: { schemaVersion: 2, mediaType, config, layers: descriptors(body['layers'], digest, 'layers') },
  };
}

/** The kind of a stored document, told by itself. */
export function mediaTypeOf(bytes: Uint8Array): string {
  const body = parseObject(bytes, digestOf(bytes));
  if (typeof body['mediaType'] === 'string') return body['mediaType'];
  return 'manifests' in body ? OCI_INDEX : OCI_MANIFEST;
}

export function parseObject(bytes: Uint8Array, digest: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw broken(digest, 'it is no JSON object');
}

function descriptors(value: unknown, digest: string, field: string): readonly Descriptor[] {
  if (!Array.isArray(value)) throw broken(digest, `its ${field} are no list`);
  return value.map((item: Partial<Descriptor> | null) => {
    if (
      typeof item?.digest !== 'string' ||
      !/^sha256:[0-9a-f]{64}$/.test(item.digest) ||
      typeof item.mediaType !== 'string' ||
      !Number.isSafeInteger(item.size) ||
      Number(item.size) < 0
    )
      throw broken(digest, `its ${field} hold ${JSON.stringify(item)}, which describes no content`);
    return item as Descriptor;
  });
}

export const broken = (digest: string, reason: string): OperationError =>
  new OperationError({
    code: 'image-manifest-broken',
    message: `the manifest ${digest} cannot be used: ${reason}`,
    fix: 'push the image again, or name another tag',
  });
