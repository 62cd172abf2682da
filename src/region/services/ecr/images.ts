import { digestOf, isDigest } from '../../../oci/digest.ts';
import { isForeignLayer, isIndex, isManifest } from '../../../oci/media-types.ts';
import type { Descriptor, ManifestDocument } from '../../../oci/model.ts';
import { ApiError } from '../../gateway/api-error.ts';
import { invalidParameter, tagIsImmutable } from './errors.ts';
import { checkTag } from './names.ts';
import type { EcrState, RepositoryRecord } from './state.ts';

export interface Put {
  readonly document: ManifestDocument;
  /** It was there under this tag already. */
  readonly known: boolean;
}

/** Takes a manifest into a repository once all that it names is there: the same rules for the API and for the wire. */
export async function putImage(
  state: EcrState,
  repository: RepositoryRecord,
  {
    bytes,
    mediaType,
    tag,
    digest,
  }: {
    readonly bytes: Uint8Array;
    readonly mediaType?: string | undefined;
    readonly tag?: string | undefined;
    readonly digest?: string | undefined;
  },
): Promise<Put> {
  const { name } = repository;
  if (tag !== undefined) checkTag(tag);
  const document = readDocument(bytes, mediaType);
  if (digest !== undefined && digest !== document.digest)
    throw new ApiError(
      'ImageDigestDoesNotMatchException',
      `The digest '${digest}' is not that of the image manifest, '${document.digest}'`,
      400,
    );
  return state.alone(name, async () => {
    const images = state.images(name);
    const [stored, before] = await Promise.all([
      images.manifest(document.digest),
      tag === undefined ? undefined : images.manifest(tag),
    ]);
    if (tag !== undefined && before && before.digest !== document.digest && isImmutable(repository, tag))
      throw tagIsImmutable(name, tag);
    await checkReferences(state, name, document);
    const known = stored !== undefined && (tag === undefined || before?.digest === document.digest);
    await images.putManifest(document, tag);
    return { document, known };
  });
}

function readDocument(bytes: Uint8Array, given: string | undefined): ManifestDocument {
  let parsed: { readonly schemaVersion?: unknown; readonly mediaType?: unknown };
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8')) as typeof parsed;
  } catch {
    throw invalidParameter(
      "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'",
    );
  }
  const own = typeof parsed?.mediaType === 'string' ? parsed.mediaType : undefined;
  const mediaType = given ?? own ?? '';
  if (parsed?.schemaVersion !== 2 || !isManifest(mediaType) || (own !== undefined && own !== mediaType))
    throw invalidParameter(
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'the manifest is of the kind "${mediaType}"${own !== undefined && own !== mediaType ? `, but calls itself "${own}"` : ''}'`,
    );
  return { mediaType, digest: digestOf(bytes), bytes };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html: LayersNotFound, ReferencedImagesNotFound */
async function checkReferences(state: EcrState, name: string, document: ManifestDocument): Promise<void> {
  const images = state.images(name);
  const missing: string[] = [];
  for (const { digest } of listedManifests(document))
    if (!isDigest(digest) || !(await images.manifest(digest))) missing.push(digest);
  if (missing.length > 0)
    throw new ApiError(
      'ReferencedImagesNotFoundException',
      `Images with digests '[${missing.join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${state.registryId}' do not exist`,
      400,
    );
  const layers = blobsOf(document).filter(({ mediaType }) => !isForeignLayer(mediaType));
  for (const { digest } of layers)
    if (!isDigest(digest) || !(await images.hasBlob(digest))) missing.push(digest);
  if (missing.length > 0)
    throw new ApiError(
      'LayersNotFoundException',
      `Layers with digests '[${missing.join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${state.registryId}' do not exist`,
      400,
    );
}

const parse = <T>({ bytes }: ManifestDocument): T => JSON.parse(Buffer.from(bytes).toString('utf8')) as T;

export function listedManifests(document: ManifestDocument): readonly Descriptor[] {
  if (!isIndex(document.mediaType)) return [];
  const { manifests } = parse<{ readonly manifests?: unknown }>(document);
  return descriptors(manifests, 'manifests');
}

function blobsOf(document: ManifestDocument): readonly Descriptor[] {
  if (isIndex(document.mediaType)) return [];
  const { config, layers } = parse<{ readonly config?: unknown; readonly layers?: unknown }>(document);
  return [...descriptors([config], 'config'), ...descriptors(layers, 'layers')];
}

function descriptors(value: unknown, member: string): readonly Descriptor[] {
  const list = (value ?? []) as readonly Partial<Descriptor>[];
  const sound =
    Array.isArray(value) &&
    list.every((item) => typeof item?.digest === 'string' && typeof item.mediaType === 'string');
  if (!sound)
    throw invalidParameter(
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: '${member} are no descriptors'`,
    );
  return list as readonly Descriptor[];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageTagMutabilityExclusionFilter.html: `*` stands for any text. */
function isImmutable({ mutability, exclusions = [] }: RepositoryRecord, tag: string): boolean {
  const excepted = exclusions.some(({ filter = '' }) =>
    new RegExp(
      `^${filter
        .split('*')
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    ).test(tag),
  );
  switch (mutability) {
    case 'MUTABLE':
      return false;
    case 'IMMUTABLE':
      return true;
    case 'MUTABLE_WITH_EXCLUSION':
      return excepted;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excepted;
  }
}

/** What a digest, a tag, or both name; undefined where there is none, or where they are not one image. */
export async function findImage(
  state: EcrState,
  name: string,
  { digest, tag }: { readonly digest?: string | undefined; readonly tag?: string | undefined },
): Promise<ManifestDocument | undefined> {
  const reference = tag ?? digest;
  const found = reference === undefined ? undefined : await state.images(name).manifest(reference);
  return found && (digest === undefined || found.digest === digest) ? found : undefined;
}

/** A digest goes with its tags; one that a list needs stays: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html */
export async function removeImage(
  state: EcrState,
  name: string,
  reference: string,
): Promise<'removed' | 'missing' | { readonly neededBy: string }> {
  return state.alone(name, async () => {
    const images = state.images(name);
    if (isDigest(reference))
      for (const { digest, mediaType } of await images.list()) {
        if (!isIndex(mediaType) || digest === reference) continue;
        const list = await images.manifest(digest);
        if (list && listedManifests(list).some((item) => item.digest === reference))
          return { neededBy: digest };
      }
    return (await images.remove(reference)) ? 'removed' : 'missing';
  });
}
