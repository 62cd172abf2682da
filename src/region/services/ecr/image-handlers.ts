import type { Image, ImageDetail, ImageFailure, ImageIdentifier } from '@aws-sdk/client-ecr';
import { ApiError } from '../../gateway/api-error.ts';
import { pageAfter } from '../../gateway/page.ts';
import type { Handlers } from '../../gateway/types.ts';
import type { LocalImage } from '../../runtime/runtime.ts';
import { imageNotFound, operation } from './errors.ts';
import { findImage, putImage, removeImage } from './images.ts';
import { badToken, pageSize } from './repositories.ts';
import type { EcrState } from './state.ts';

export function imageHandlers(state: EcrState): Handlers<typeof import('@aws-sdk/client-ecr')> {
  const { registryId } = state;
  return {
    ListImages: operation(
      ['registryId', 'repositoryName', 'filter', 'maxResults', 'nextToken'],
      async ({ registryId: id, repositoryName, filter, maxResults = 100, nextToken }) => {
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const ids = (await state.images(name).list()).filter(byTagged(filter?.tagStatus)).flatMap(idsOf);
        const order = ({ imageDigest, imageTag }: ImageIdentifier) => `${imageDigest} ${imageTag ?? ''}`;
        const { items, next } = pageAfter(ids, order, pageSize(maxResults), nextToken, badToken);
        return { imageIds: [...items], ...(next ? { nextToken: next } : {}) };
      },
    ),
    DescribeImages: operation(
      ['registryId', 'repositoryName', 'imageIds', 'filter', 'maxResults', 'nextToken'],
      async (input) => {
        state.checkRegistry(input.registryId);
        const { name } = await state.repository(input.repositoryName);
        const all = await state.images(name).list();
        const view = (image: LocalImage): ImageDetail => ({
          registryId,
          repositoryName: name,
          imageDigest: image.digest,
          ...(image.tags.length > 0 ? { imageTags: [...image.tags] } : {}),
          imageSizeInBytes: image.size,
          imagePushedAt: new Date(image.pushedAt),
          imageManifestMediaType: image.mediaType,
        });
        if (input.imageIds && input.imageIds.length > 0)
          return {
            imageDetails: input.imageIds.map(({ imageDigest, imageTag }) => {
              const found = all.find(
                ({ digest, tags }) =>
                  (imageDigest === undefined || digest === imageDigest) &&
                  (imageTag === undefined || tags.includes(imageTag)),
              );
              if (!found) throw imageNotFound(name, registryId, { digest: imageDigest, tag: imageTag });
              return view(found);
            }),
          };
        const wanted = all.filter(byTagged(input.filter?.tagStatus));
        const { items, next } = pageAfter(
          wanted,
          ({ digest }) => digest,
          pageSize(input.maxResults ?? 100),
          input.nextToken,
          badToken,
        );
        return { imageDetails: items.map(view), ...(next ? { nextToken: next } : {}) };
      },
    ),
    BatchGetImage: operation(
      ['registryId', 'repositoryName', 'imageIds', 'acceptedMediaTypes'],
      async ({ registryId: id, repositoryName, imageIds = [] }) => {
        // A manifest is given as it was pushed, whatever is accepted: nothing is converted here, as nothing is for OCI images there.
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const images: Image[] = [];
        const failures: ImageFailure[] = [];
        for (const imageId of imageIds) {
          const found = await findImage(state, name, {
            digest: imageId.imageDigest,
            tag: imageId.imageTag,
          });
          if (!found) {
            failures.push({
              imageId,
              failureCode: 'ImageNotFound',
              failureReason: 'Requested image not found',
            });
            continue;
          }
          images.push({
            registryId,
            repositoryName: name,
            imageId: { ...imageId, imageDigest: found.digest },
            imageManifest: Buffer.from(found.bytes).toString('utf8'),
            imageManifestMediaType: found.mediaType,
          });
        }
        return { images, failures };
      },
    ),
    PutImage: operation(
      ['registryId', 'repositoryName', 'imageManifest', 'imageManifestMediaType', 'imageTag', 'imageDigest'],
      async (input) => {
        state.checkRegistry(input.registryId);
        const repository = await state.repository(input.repositoryName);
        const { name } = repository;
        const bytes = Buffer.from(input.imageManifest ?? '', 'utf8');
        const { document, known } = await putImage(state, repository, {
          bytes,
          mediaType: input.imageManifestMediaType,
          tag: input.imageTag,
          digest: input.imageDigest,
        });
        if (known)
          throw new ApiError(
            'ImageAlreadyExistsException',
            `Image with digest '${document.digest}' and tag '${input.imageTag ?? 'null'}' already exists in the repository with name '${name}' in registry with id '${registryId}'`,
            400,
          );
        return {
          image: {
            registryId,
            repositoryName: name,
            imageId: {
              imageDigest: document.digest,
              ...(input.imageTag === undefined ? {} : { imageTag: input.imageTag }),
            },
            imageManifest: input.imageManifest,
            imageManifestMediaType: document.mediaType,
          },
        };
      },
    ),
    BatchDeleteImage: operation(
      ['registryId', 'repositoryName', 'imageIds'],
      async ({ registryId: id, repositoryName, imageIds = [] }) => {
        state.checkRegistry(id);
        const { name } = await state.repository(repositoryName);
        const removed: ImageIdentifier[] = [];
        const failures: ImageFailure[] = [];
        for (const imageId of imageIds) {
          const { imageDigest: digest, imageTag: tag } = imageId;
          if (digest === undefined && tag === undefined) {
            failures.push({
              imageId,
              failureCode: 'MissingDigestAndTag',
              failureReason: 'Invalid request parameters: both tag and digest cannot be null',
            });
            continue;
          }
          const found = await findImage(state, name, { digest, tag });
          const result = found ? await removeImage(state, name, tag ?? digest ?? '') : 'missing';
          if (found && result === 'removed') removed.push({ ...imageId, imageDigest: found.digest });
          else
            failures.push(
              typeof result === 'object'
                ? {
                    imageId,
                    failureCode: 'ImageReferencedByManifestList',
                    failureReason: `Requested image referenced by manifest list: [${result.neededBy}]`,
                  }
                : { imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' },
            );
        }
        return { imageIds: removed, failures };
      },
    ),
  };
}

const byTagged =
  (status: string | undefined) =>
  ({ tags }: LocalImage): boolean =>
    status === undefined || status === 'ANY' || (status === 'TAGGED') === tags.length > 0;

const idsOf = ({ digest, tags }: LocalImage): readonly ImageIdentifier[] =>
  tags.length === 0 ? [{ imageDigest: digest }] : tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
